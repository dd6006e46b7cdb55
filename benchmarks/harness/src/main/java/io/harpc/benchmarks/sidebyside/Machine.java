package io.harpc.benchmarks.sidebyside;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;

/** Says where and how figures came about: without that they mean nothing. */
final class Machine {

	private Machine() {
	}

	/**
	 * Describes the machine, the JDK and the command.
	 * @param commandLine the arguments
	 * @return a paragraph in Markdown
	 * @throws IOException if the processor's name cannot be read
	 */
	static String describe(String commandLine) throws IOException {
		double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
		return String.format(Locale.ROOT, """
				%s, `benchmarks/run %s`; %d processors (%s), %s %s %s; JDK %s, %s; load average at the end %.1f.

				""", LocalDate.now(), commandLine, Runtime.getRuntime().availableProcessors(), processor(),
				System.getProperty("os.name"), System.getProperty("os.version"), System.getProperty("os.arch"),
				System.getProperty("java.runtime.version"), System.getProperty("java.vm.name"), load);
	}

	private static String processor() throws IOException {
		Path description = Path.of("/proc/cpuinfo");
		if (!Files.exists(description)) {
			return "unknown";
		}
		try (var lines = Files.lines(description)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse("unknown");
		}
	}

}
