package io.harpc.benchmarks.load;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What calls noticed of the death of a server. Times are in nanoseconds.
 *
 * @param calls how many ended after it
 * @param failed how many of them failed
 * @param lastFailed how long after it the last of these ended
 * @param slow how many took longer than 100 ms
 * @param lastSlow how long after it the last of these ended
 * @param longest how long the longest took
 */
public record LossResult(long calls, long failed, long lastFailed, long slow, long lastSlow, long longest) {

	/** Nothing was called. */
	static final LossResult NONE = new LossResult(0, 0, 0, 0, 0, 0);

	/**
	 * Reads a result as {@link #toLine} writes it.
	 * @param line the line
	 * @return the result
	 */
	public static LossResult of(String line) {
		long[] fields = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
		return new LossResult(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
	}

	/**
	 * Writes the result, to be sent to the runner.
	 * @return a line
	 */
	public String toLine() {
		return LongStream.of(this.calls, this.failed, this.lastFailed, this.slow, this.lastSlow, this.longest)
			.mapToObj(Long::toString)
			.collect(Collectors.joining(" "));
	}

	LossResult plus(LossResult other) {
		return new LossResult(this.calls + other.calls, this.failed + other.failed,
				Math.max(this.lastFailed, other.lastFailed), this.slow + other.slow,
				Math.max(this.lastSlow, other.lastSlow), Math.max(this.longest, other.longest));
	}

}
