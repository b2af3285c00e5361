"""What an instructor may do: compare with the reference, set a stage, show faults, and take all of it back."""
