"""Lists handed out to reviewers, each with a receipt that says what it holds, what it leaves out, and why."""
