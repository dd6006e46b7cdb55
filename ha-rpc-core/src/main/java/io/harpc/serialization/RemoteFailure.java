package io.harpc.serialization;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a method threw in the other process, as far as it travelled.
 *
 * @param declared the exception, if it is of a type that the method declares and could be
 * built; else {@code null}
 * @param className the name of the class that was thrown, as text from the other process
 * @param message its message, or {@code null} if it had none
 * @param stackTrace its stack trace, one frame a line; empty unless the other process is
 * told to send it
 */
public record RemoteFailure(@Nullable Throwable declared, String className, @Nullable String message,
		List<String> stackTrace) {

	public RemoteFailure {
		stackTrace = List.copyOf(stackTrace);
	}

}
