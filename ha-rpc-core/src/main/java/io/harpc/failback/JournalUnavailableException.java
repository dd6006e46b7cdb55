package io.harpc.failback;

import org.jspecify.annotations.Nullable;

/**
 * The journal cannot be opened: the library is missing, another process uses the
 * directory, or the file cannot be read. The message says which, and what to do.
 */
public final class JournalUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	JournalUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
