"""homics-tutor: a terminal tutor for the HOMicS hands-on "Kubernetes"."""

__version__ = "0.1.0"
