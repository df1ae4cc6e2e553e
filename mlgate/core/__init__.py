"""The nouns of mlgate, all frozen: what a check asks, what a scan answers, what the run concludes."""
