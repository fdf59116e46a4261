"""Install, mend and remove the add-in: what is done is decided here, and only `windows` touches Windows."""
