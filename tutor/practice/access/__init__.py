"""Who asks, and what they may: the administrator of the kubeconfig, and ServiceAccounts by the tokens made for them.

Reading order: user, signing_key, tokens, rights. RBAC's kinds are not served, so nobody can give a ServiceAccount more
than it has in a new cluster: those rights are modelled, and everything else is refused in the API server's words.
"""
