"""The words that are said of a password where it might stand itself: `password: expired`."""

from __future__ import annotations

REMARKS = frozenset((
    "&mut", "&str", "a", "accepted", "added", "after", "again", "all", "allowed", "already", "also", "an", "and",
    "any", "arc", "are", "as", "assigned", "at", "authenticated", "authentication", "available", "bad", "be", "been",
    "before", "blank", "bool", "boolean", "both", "box", "by", "bytes", "cached", "callable", "can", "cannot",
    "changed", "char", "check", "checked", "class", "complexity", "confirmed", "const", "contains", "correct",
    "could", "cow", "created", "default", "define", "defined", "deleted", "denied", "dict", "did", "different",
    "disabled", "do", "does", "doesn't", "due", "dynamic", "either", "empty", "enabled", "encrypted", "error",
    "exceeded", "exceeds", "exists", "expected", "expired", "expires", "expiring", "failed", "failure", "fetched",
    "field", "fields", "final", "float", "for", "found", "from", "generated", "generating", "get", "got", "had",
    "has", "hash", "have", "he", "header", "hidden", "history", "i", "i32", "i64", "if", "ignored", "in", "incorrect",
    "input", "int", "integer", "invalid", "invalidated", "is", "issued", "it", "its", "key", "last", "length", "let",
    "limit", "list", "literal", "loaded", "loading", "lookup", "malformed", "mapping", "masked", "match", "matched",
    "matches", "mismatch", "missing", "mode", "must", "need", "needs", "never", "new", "no", "none", "not", "now",
    "nsstring", "nsstring*", "null", "number", "object", "obtained", "of", "ok", "old", "omitted", "on", "only",
    "option", "optional", "or", "parameter", "parsed", "passed", "pending", "policy", "present", "private", "prompt",
    "provided", "public", "queued", "rate-limited", "rc", "received", "refresh", "refreshed", "refused", "rejected",
    "removed", "rendered", "renewed", "replaced", "requested", "required", "requires", "reset", "resolved",
    "response", "result", "retrieved", "retry", "retrying", "return", "returned", "revoked", "rotated", "rotating",
    "rotation", "saved", "secretstr", "self", "sent", "sequence", "set", "should", "skipped", "status", "std",
    "stored", "str", "string", "strong", "succeeded", "success", "supplied", "text", "than", "that", "the", "their",
    "then", "there", "this", "to", "too", "too_short", "trimmed", "tuple", "type", "types", "u16", "u32", "u64", "u8",
    "uncaught", "unchanged", "undefined", "unexpected", "union", "unique", "unknown", "unset", "until", "unverified",
    "updated", "updating", "use", "used", "user", "username", "using", "usize", "valid", "validated", "validation",
    "value", "values", "var", "vec", "verified", "very", "void", "was", "weak", "were", "when", "which", "while",
    "will", "with", "without", "wrong", "wstring", "you", "your",
))  # fmt: skip
