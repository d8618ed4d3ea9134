"""Loading an ISP's own data from CSV files into the tables of the local connector."""
