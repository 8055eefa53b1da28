"""What every site does the same way: cookies, tokens against forged requests, safe headers, its neighbours' addresses."""
