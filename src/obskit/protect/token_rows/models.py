"""Language models, their observability, and the search and speech services beside them."""

from __future__ import annotations

from obskit.protect.token_rows.bodies import hexa, letters, lower, mixed, upper, uuid
from obskit.protect.token_rows.row import CHANGING, DIGIT, FILLED, MIXED, RANDOM, Token

_ANTHROPIC = "Anthropic, API and Admin API keys: https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key"
_OPENAI = "OpenAI Platform, API keys: https://platform.openai.com/docs/api-reference/authentication"
_OPENROUTER = "OpenRouter Docs, Authentication: https://openrouter.ai/docs/api-reference/authentication"
_LANGFUSE = "Langfuse Docs, API keys: https://langfuse.com/docs"
_LANGSMITH = "LangSmith Docs, Create an API key: https://docs.langchain.com/langsmith/create-account-api-key"
_GROQ = "Groq Docs, API keys: https://console.groq.com/docs/quickstart"
_XAI = "xAI Docs, API keys: https://docs.x.ai/docs/"
_REPLICATE = "Replicate Docs, API tokens: https://replicate.com/docs/topics/security/api-tokens"
_HUGGING_FACE = "Hugging Face Hub, User access tokens: https://huggingface.co/docs/hub/security-tokens"
_PERPLEXITY = "Perplexity Docs, API keys: https://docs.perplexity.ai/"
_PINECONE = "Pinecone Docs, Manage API keys: https://docs.pinecone.io/guides/projects/manage-api-keys"
_TOGETHER = "Together AI Docs, Authentication: https://docs.together.ai/"
_FIREWORKS = "Fireworks AI Docs, API keys: https://docs.fireworks.ai/"
_CEREBRAS = "Cerebras Inference Docs, API key: https://inference-docs.cerebras.ai/"
_NVIDIA = "NVIDIA NIM, API keys: https://docs.api.nvidia.com/"
_JINA = "Jina AI, API keys: https://jina.ai/"
_TAVILY = "Tavily Docs, API key: https://docs.tavily.com/"
_FIRECRAWL = "Firecrawl Docs, API key: https://docs.firecrawl.dev/"
_LLAMACLOUD = "LlamaCloud Docs, API key: https://docs.cloud.llamaindex.ai/"
_KAGGLE = "Kaggle, API tokens: https://www.kaggle.com/docs/api"
_FRIENDLI = "Friendli Docs, Personal access tokens: https://friendli.ai/docs/"
_RUNPOD = "RunPod Docs, API keys: https://docs.runpod.io/get-started/api-keys"
_MODAL = "Modal Docs, Token IDs and secrets: https://modal.com/docs/reference/modal.config"
_WANDB = "Weights & Biases Docs, API keys: https://docs.wandb.ai/"
_ZHIPU = "Zhipu AI open platform, API keys: https://docs.bigmodel.cn/"
_CURSOR = "Cursor Docs, API keys: https://docs.cursor.com/"

ROWS: tuple[Token, ...] = (
    Token(
        "anthropic_key",
        r"sk-ant-",
        r"sk-ant-(?:[a-z]{2,8}[0-9]{1,2}-)?[A-Za-z0-9_-]{20,300}",
        _ANTHROPIC,
        f"sk-ant-api03-{mixed(93)}AA",
        MIXED,
    ),
    Token("openrouter_key", r"sk-or-", r"sk-or-(?:v1-)?[a-f0-9]{48,80}", _OPENROUTER, "sk-or-v1-" + hexa(64)),
    Token(
        "langfuse_key",
        r"sk-lf-",
        r"sk-lf-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        _LANGFUSE,
        "sk-lf-" + uuid(),
    ),
    Token(
        "openai_key",
        r"sk-(?:proj|svcacct|admin|service|None)-",
        r"sk-(?:proj|svcacct|admin|service|None)-[A-Za-z0-9_-]{20,300}",
        _OPENAI,
        f"sk-proj-{mixed(74)}T3BlbkFJ{mixed(74)}",
        MIXED,
    ),
    # Several vendors of compatible services have taken the old form over.
    Token(
        "openai_key",
        r"sk-[A-Za-z0-9]{12}",
        r"sk-[A-Za-z0-9]{20,100}",
        _OPENAI,
        f"sk-{mixed(20)}T3BlbkFJ{mixed(20)}",
        RANDOM,
    ),
    Token("groq_key", r"gsk_[A-Za-z0-9]{8}", r"gsk_[A-Za-z0-9]{40,64}", _GROQ, "gsk_" + mixed(52), FILLED),
    Token(
        "xai_key",
        r"xai-(?:token-)?[A-Za-z0-9]{16}",
        r"xai-(?:token-)?[A-Za-z0-9]{60,100}",
        _XAI,
        "xai-" + mixed(80),
        FILLED,
    ),
    Token("replicate_token", r"r8_[A-Za-z0-9]{8}", r"r8_[A-Za-z0-9]{34,40}", _REPLICATE, "r8_" + mixed(37), FILLED),
    Token(
        "huggingface_token",
        r"hf_(?:oauth_|jwt_)?[A-Za-z0-9]{12}",
        r"hf_(?:oauth_|jwt_)?[A-Za-z0-9]{30,60}",
        _HUGGING_FACE,
        "hf_" + letters(34),
        FILLED,
    ),
    Token(
        "huggingface_token", r"api_org_", r"api_org_[A-Za-z0-9]{30,40}", _HUGGING_FACE, "api_org_" + letters(34), FILLED
    ),
    Token("perplexity_key", r"pplx-", r"pplx-[A-Za-z0-9]{40,64}", _PERPLEXITY, "pplx-" + mixed(48), FILLED),
    Token(
        "langsmith_key",
        r"lsv2_",
        r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}",
        _LANGSMITH,
        f"lsv2_pt_{hexa(32)}_{hexa(10)}",
    ),
    Token("langsmith_key", r"ls__[a-z0-9]{16}", r"ls__[a-z0-9]{32}", _LANGSMITH, "ls__" + lower(32), DIGIT),
    Token(
        "pinecone_key", r"pcsk_", r"pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{50,70}", _PINECONE, f"pcsk_{mixed(6)}_{mixed(63)}"
    ),
    Token("together_key", r"tgp_v1_", r"tgp_v1_[A-Za-z0-9_-]{40,50}", _TOGETHER, "tgp_v1_" + mixed(43), CHANGING),
    Token("fireworks_key", r"fw_[A-Za-z0-9]{16}", r"fw_[A-Za-z0-9]{22,26}", _FIREWORKS, "fw_" + mixed(24), RANDOM),
    Token("cerebras_key", r"csk-[a-z0-9]{16}", r"csk-[a-z0-9]{48}", _CEREBRAS, "csk-" + lower(48), DIGIT),
    Token("nvidia_key", r"nvapi-", r"nvapi-[A-Za-z0-9_-]{60,80}", _NVIDIA, "nvapi-" + mixed(64), CHANGING),
    Token("jina_key", r"jina_", r"jina_[a-f0-9]{32}[A-Za-z0-9_-]{20,40}", _JINA, f"jina_{hexa(32)}{mixed(28)}"),
    Token(
        "tavily_key", r"tvly-", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{28,64}", _TAVILY, "tvly-dev-" + mixed(32), CHANGING
    ),
    Token("firecrawl_key", r"fc-[a-f0-9]{16}", r"fc-[a-f0-9]{32}", _FIRECRAWL, "fc-" + hexa(32), DIGIT),
    Token(
        "llamacloud_key", r"llx-[A-Za-z0-9]{8}", r"llx-[A-Za-z0-9]{40,64}", _LLAMACLOUD, "llx-" + mixed(48), CHANGING
    ),
    Token("kaggle_token", r"KGAT_", r"KGAT_[a-f0-9]{32}", _KAGGLE, "KGAT_" + hexa(32)),
    Token("friendli_token", r"flp_[A-Za-z0-9]{8}", r"flp_[A-Za-z0-9]{46}", _FRIENDLI, "flp_" + mixed(46), CHANGING),
    Token("runpod_key", r"rpa_[A-Z0-9]{8}", r"rpa_[A-Z0-9]{40,50}", _RUNPOD, "rpa_" + upper(44), DIGIT),
    Token("modal_token", r"a[ks]-[A-Za-z0-9]{22}", r"a[ks]-[A-Za-z0-9]{22}", _MODAL, "as-" + mixed(22), RANDOM),
    Token("wandb_key", r"wandb_v1_", r"wandb_v1_[A-Za-z0-9_-]{40,120}", _WANDB, "wandb_v1_" + mixed(77), CHANGING),
    Token(
        "zhipu_key",
        r"[a-f0-9]{4}\.[A-Za-z0-9]{16}",
        r"[a-f0-9]{32}\.[A-Za-z0-9]{16}",
        _ZHIPU,
        f"{hexa(32)}.{mixed(16)}",
        r"[A-Z]",
    ),
    Token("cursor_key", r"(?:key|crsr)_[a-f0-9]{8}", r"(?:key|crsr)_[a-f0-9]{64}", _CURSOR, "key_" + hexa(64)),
)
