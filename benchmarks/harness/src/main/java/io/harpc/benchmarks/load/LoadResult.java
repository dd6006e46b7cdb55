package io.harpc.benchmarks.load;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What one load saw. Times are in nanoseconds, memory is in bytes.
 *
 * @param calls how many calls ended in the measured time, with a right answer
 * @param failed how many others ended
 * @param measured how long it was measured
 * @param p50 the median of the answer times
 * @param p99 what 99 of 100 answers did not exceed
 * @param p999 what 999 of 1,000 answers did not exceed
 * @param clientCpu processor time of the client process
 * @param serverCpu processor time of the server process
 * @param clientAllocated what the client process allocated
 * @param serverAllocated what the server process allocated
 */
public record LoadResult(long calls, long failed, long measured, long p50, long p99, long p999, long clientCpu,
		long serverCpu, long clientAllocated, long serverAllocated) {

	/**
	 * Reads a result as {@link #toLine} writes it.
	 * @param line the line
	 * @return the result
	 */
	public static LoadResult of(String line) {
		long[] fields = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
		return new LoadResult(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7],
				fields[8], fields[9]);
	}

	/**
	 * Writes the result, to be sent to the runner.
	 * @return a line
	 */
	public String toLine() {
		return LongStream
			.of(this.calls, this.failed, this.measured, this.p50, this.p99, this.p999, this.clientCpu, this.serverCpu,
					this.clientAllocated, this.serverAllocated)
			.mapToObj(Long::toString)
			.collect(Collectors.joining(" "));
	}

	/**
	 * Returns this result with what the client cannot know.
	 * @param bytesPerSecond what the server allocated in a second
	 * @return the new result
	 */
	public LoadResult withServerAllocation(double bytesPerSecond) {
		return new LoadResult(this.calls, this.failed, this.measured, this.p50, this.p99, this.p999, this.clientCpu,
				this.serverCpu, this.clientAllocated, (long) (bytesPerSecond * this.measured / 1e9));
	}

	/**
	 * The rate.
	 * @return calls a second
	 */
	public double callsPerSecond() {
		return this.calls * 1e9 / this.measured;
	}

	/**
	 * The cost at the client.
	 * @return microseconds of processor time for a call, which is seconds for a million
	 */
	public double clientCpuMicrosPerCall() {
		return perCall(this.clientCpu) / 1e3;
	}

	/**
	 * The cost at the server.
	 * @return microseconds of processor time for a call, which is seconds for a million
	 */
	public double serverCpuMicrosPerCall() {
		return perCall(this.serverCpu) / 1e3;
	}

	/**
	 * The garbage at the client, and what is not garbage yet.
	 * @return bytes for a call
	 */
	public double clientBytesPerCall() {
		return perCall(this.clientAllocated);
	}

	/**
	 * The garbage at the server, and what is not garbage yet.
	 * @return bytes for a call
	 */
	public double serverBytesPerCall() {
		return perCall(this.serverAllocated);
	}

	private double perCall(long all) {
		return (this.calls == 0) ? Double.NaN : (double) all / this.calls;
	}

}
