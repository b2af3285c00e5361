"""Rules about the cluster's objects as last seen. They name the cause, not the symptom. No IO, no clock."""
