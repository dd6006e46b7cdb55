package io.harpc.failback;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How the journal stands: a snapshot for people to look at.
 *
 * @param directory where it is
 * @param pending how many calls wait, by the name of their reference
 * @param bytes how many bytes their arguments take
 * @param oldest when the oldest of them was made, {@code null} if none waits
 * @param delivered how many were delivered since the start
 * @param lost how many were given up since the start: expired, or answered by an
 * exception
 * @param lastError what went wrong last, {@code null} if nothing did
 */
public record FailbackStatus(Path directory, Map<String, Integer> pending, long bytes, @Nullable Instant oldest,
		long delivered, long lost, @Nullable String lastError) {

	public FailbackStatus {
		pending = Map.copyOf(pending);
	}

}
