package io.harpc.security;

/**
 * By what a client says who it is.
 */
public enum Scheme {

	/** A secret that both ends have, by challenge and response. */
	KEY,

	/** A bearer token. */
	TOKEN,

	/** The certificate of its end of a TLS connection. */
	CERTIFICATE,

	/** Nothing but where it connects from. */
	NONE

}
