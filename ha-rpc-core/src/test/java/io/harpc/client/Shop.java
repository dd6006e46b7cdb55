package io.harpc.client;

import java.util.concurrent.CompletableFuture;

import io.harpc.IdempotencyKey;
import io.harpc.Idempotent;
import org.jspecify.annotations.Nullable;

/**
 * The service that the tests call. Every method returns the address that answered.
 */
interface Shop {

	String place(String order) throws OutOfStock;

	@Idempotent
	String find(long id) throws OutOfStock;

	CompletableFuture<String> placeAsync(String order) throws OutOfStock;

	@Idempotent
	CompletableFuture<String> findAsync(long id) throws OutOfStock;

	default String reserve(@IdempotencyKey @Nullable String key) throws OutOfStock {
		throw new UnsupportedOperationException();
	}

	default CompletableFuture<String> reserveAsync(@IdempotencyKey String key) throws OutOfStock {
		throw new UnsupportedOperationException();
	}

	/** What the service declares. */
	final class OutOfStock extends RuntimeException {

		private static final long serialVersionUID = 1L;

		OutOfStock(String message) {
			super(message);
		}

	}

}
