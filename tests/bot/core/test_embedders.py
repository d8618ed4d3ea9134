import pytest

from bot.config import Config
from bot.core.embedders import Embedders
from bot.errors import BadInput
from bot.llm.embedding import LocalEmbedder


async def test_a_tenant_chooses_the_server_once_there_is_one(
    database, tenant, other_tenant, tmp_path
) -> None:
    local = LocalEmbedder()
    embedders = Embedders(Config(home=tmp_path, embeddings_url="http://127.0.0.1:9/v1"), local, database)
    assert await embedders.of(tenant) is local
    await embedders.do_choose(tenant, "server", by="cli:ada")
    assert (await embedders.of(tenant)).model_id == "server/multilingual-e5-small/384"
    assert await embedders.of(other_tenant) is local
    await embedders.do_choose(tenant, "local", by="cli:ada")
    assert await embedders.of(tenant) is local


async def test_what_is_not_there_cannot_be_chosen(database, tenant, tmp_path) -> None:
    local = LocalEmbedder()
    embedders = Embedders(Config(home=tmp_path), local, database)
    with pytest.raises(BadInput, match="BACKHAUL_EMBEDDINGS_URL"):
        embedders.check_choice("server")
    with pytest.raises(BadInput, match="local or server"):
        embedders.check_choice("martian")
    embedders.check_choice("local")
    assert await embedders.of(tenant) is local
