"""The rows of `obskit.protect.tokens.TOKENS`, by field of use; facts and no code."""
