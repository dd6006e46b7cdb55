package io.harpc.scenario;

import java.util.concurrent.CompletableFuture;

import io.harpc.Idempotent;

/**
 * The service of all scenarios. Every call has an id of its own, and its answer is
 * {@code provider:id}: who answered what.
 */
interface Work {

	@Idempotent
	String read(long id);

	String write(long id);

	@Idempotent
	CompletableFuture<String> readAsync(long id);

	CompletableFuture<String> writeAsync(long id);

	/** For the failback mode, which takes what has no result. */
	void note(long id);

}
