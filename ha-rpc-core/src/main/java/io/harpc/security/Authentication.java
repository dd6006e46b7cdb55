package io.harpc.security;

import java.time.Instant;

import io.harpc.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What came of checking who somebody is.
 *
 * @param identity who it is
 * @param until when that ends, {@code null} for never. Clients connect anew before that,
 * with what proves them then; the server runs no further calls of theirs afterwards on
 * the old connection
 */
public record Authentication(Identity identity, @Nullable Instant until) {

	/**
	 * Creates one that does not end.
	 * @param identity who it is
	 */
	public Authentication(Identity identity) {
		this(identity, null);
	}

}
