package io.harpc.demo.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * How to start a child process.
 *
 * @param name what to call it
 * @param command program and arguments
 * @param environment variables to add to those of this process
 */
record ChildCommand(String name, List<String> command, Map<String, String> environment) {

	ChildCommand {
		command = List.copyOf(command);
		environment = Map.copyOf(environment);
	}

	/**
	 * Starts the process. It writes to where this process writes, and reads from a pipe
	 * that ends when this process does.
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	Process start() throws IOException {
		ProcessBuilder builder = new ProcessBuilder(this.command).redirectInput(ProcessBuilder.Redirect.PIPE)
			.redirectOutput(ProcessBuilder.Redirect.INHERIT)
			.redirectError(ProcessBuilder.Redirect.INHERIT);
		builder.environment().putAll(this.environment);
		return builder.start();
	}

}
