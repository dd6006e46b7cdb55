package io.harpc.benchmarks.around;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.harpc.benchmarks.process.ChildProcess;

/** Starts a main class of this module in a process of its own. */
final class JavaChild {

	private JavaChild() {
	}

	static ChildProcess start(Class<?> main, Path logs, String... args) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(args));
		return ChildProcess.start(command, logs.resolve(main.getSimpleName() + ".log"));
	}

}
