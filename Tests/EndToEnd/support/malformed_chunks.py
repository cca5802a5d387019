"""Bodies in the chunked coding that begin well and then break its grammar (RFC 9112, section 7.1)."""

MALFORMED_BODIES = {
    "a bad chunk size": b"5\r\nhello\r\nxyz\r\n",
    "17 digits": b"5\r\nhello\r\n00000000000000005\r\nhello\r\n0\r\n\r\n",
    "an overflowing size": b"5\r\nhello\r\nffffffffffffffff\r\nhello",
    "a missing line end": b"5\r\nhello0\r\n\r\n",
    "a control byte in an extension": b"5\r\nhello\r\n5;\x00\r\nhello\r\n0\r\n\r\n",
    "a bare line feed": b"5\r\nhello\r\n5\nhello\r\n0\r\n\r\n",
    "a bare line feed in an extension": b"5\r\nhello\r\n5;a\nhello\r\n0\r\n\r\n",
    "a bad trailer": b"5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
}
