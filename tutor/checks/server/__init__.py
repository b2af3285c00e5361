"""Rules that rest on the API server's word on the learner's files: its dry run. No IO: the word comes with"
" the input."""
