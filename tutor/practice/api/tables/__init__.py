"""The tables of `kubectl get`: columns and cells of every kind. Pure.

Source: kubernetes/pkg/printers/internalversion/printers.go, 1.34.
"""
