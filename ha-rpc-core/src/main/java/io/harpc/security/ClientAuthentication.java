package io.harpc.security;

/**
 * By what a client proves who it is, besides the certificate of its TLS connection. Its
 * text shows no secret.
 */
public sealed interface ClientAuthentication {

	/**
	 * By a key that the server has too, and has to prove so first: a connection to one
	 * that cannot is not used.
	 *
	 * @param key the key
	 */
	record ByKey(SharedKey key) implements ClientAuthentication {

	}

	/**
	 * By a token, with which anybody who sees it can do the same.
	 *
	 * @param source where it comes from
	 * @param inPlainText whether it is sent without TLS also to other machines than this
	 */
	record ByToken(TokenSource source, boolean inPlainText) implements ClientAuthentication {

	}

}
