package io.harpc.benchmarks.load;

import java.time.Duration;

/**
 * One load.
 *
 * @param operation what is called
 * @param callers by how many
 * @param slowCallers how many others call {@link Operation#EXIST_USER_AFTER_5_MS}
 * meanwhile, unmeasured
 * @param warmUp how long before it is measured
 * @param measured how long it is measured
 */
public record LoadSettings(Operation operation, Callers callers, int slowCallers, Duration warmUp, Duration measured) {

	/**
	 * Reads a load as {@link #toLine} writes it.
	 * @param line the line
	 * @return the load
	 */
	public static LoadSettings of(String line) {
		String[] fields = line.split(" ");
		return new LoadSettings(Operation.of(fields[0]), Callers.of(fields[1]), Integer.parseInt(fields[2]),
				Duration.ofMillis(Long.parseLong(fields[3])), Duration.ofMillis(Long.parseLong(fields[4])));
	}

	/**
	 * Writes the load, to be sent to the process that makes it.
	 * @return a line
	 */
	public String toLine() {
		return this.operation.label() + " " + this.callers + " " + this.slowCallers + " " + this.warmUp.toMillis() + " "
				+ this.measured.toMillis();
	}

}
