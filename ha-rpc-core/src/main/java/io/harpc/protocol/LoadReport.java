package io.harpc.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How a server is, as it says with every answer, in eight bytes of the frame's header.
 * Immutable.
 * <p>
 * The three counts travel as small floating point numbers without a sign: small values
 * exact, others rounded to the nearest. Values beyond the largest are sent as the
 * largest.
 *
 * @param state whether it wants calls
 * @param cpuPercent what the process uses of all processors, 0 to 100, or
 * {@link #UNKNOWN}
 * @param heapPercent what the process uses of its largest heap, 0 to 100, or
 * {@link #UNKNOWN}
 * @param failedPercent how many of the recent calls failed, 0 to 100
 * @param callsPerSecond how many calls it answers, whole numbers exact up to 4,096
 * @param runningCalls how many calls run, exact up to 32
 * @param queuedCalls how many calls wait, exact up to 32
 */
public record LoadReport(ServerState state, int cpuPercent, int heapPercent, int failedPercent, double callsPerSecond,
		int runningCalls, int queuedCalls) {

	/** A percentage that the server cannot find out. */
	public static final int UNKNOWN = -1;

	/** In place of a report, from a server that makes none. */
	public static final long NONE = 0;

	private static final int RATE_MANTISSA_BITS = 11;

	private static final int COUNT_MANTISSA_BITS = 4;

	private static final int RATE_STEPS = 1024;

	/**
	 * Creates a report.
	 * @throws IllegalArgumentException if a value is out of its range
	 */
	public LoadReport {
		check("cpuPercent", cpuPercent, UNKNOWN);
		check("heapPercent", heapPercent, UNKNOWN);
		check("failedPercent", failedPercent, 0);
		if (!(callsPerSecond >= 0) || runningCalls < 0 || queuedCalls < 0) {
			throw new IllegalArgumentException("callsPerSecond: " + callsPerSecond + ", runningCalls: " + runningCalls
					+ ", queuedCalls: " + queuedCalls + " (expected: none negative)");
		}
	}

	private static void check(String name, int percent, int lowest) {
		if (percent < lowest || percent > 100) {
			throw new IllegalArgumentException(name + ": " + percent + " (expected: " + lowest + " to 100)");
		}
	}

	/**
	 * Puts the report into eight bytes.
	 * @return the bytes, the state in the most significant one; never {@link #NONE}
	 */
	public long encode() {
		long rate = floating(Math.round(this.callsPerSecond * RATE_STEPS), RATE_MANTISSA_BITS, 0xffff);
		return (long) this.state.code() << 56 | (this.cpuPercent & 0xffL) << 48 | (this.heapPercent & 0xffL) << 40
				| (long) this.failedPercent << 32 | rate << 16
				| floating(this.runningCalls, COUNT_MANTISSA_BITS, 0xff) << 8
				| floating(this.queuedCalls, COUNT_MANTISSA_BITS, 0xff);
	}

	/**
	 * Reads a report.
	 * @param bytes what {@link #encode()} returned, or what a foreign server sent in its
	 * place
	 * @return the report, {@code null} if there is none or it is of a state that is not
	 * known here
	 */
	public static @Nullable LoadReport decode(long bytes) {
		ServerState state = ServerState.ofCode((int) (bytes >>> 56));
		if (state == null) {
			return null;
		}
		int failed = percent(bytes >>> 32);
		return new LoadReport(state, percent(bytes >>> 48), percent(bytes >>> 40), Math.max(0, failed),
				number(bytes >>> 16 & 0xffff, RATE_MANTISSA_BITS) / (double) RATE_STEPS,
				(int) number(bytes >>> 8 & 0xff, COUNT_MANTISSA_BITS), (int) number(bytes & 0xff, COUNT_MANTISSA_BITS));
	}

	private static int percent(long bytes) {
		int percent = (int) (bytes & 0xff);
		return (percent <= 100) ? percent : UNKNOWN;
	}

	/**
	 * The exponent is how far the value was shifted to fit, plus one unless the leading
	 * bit fits into the mantissa too, as in IEEE 754; so a carry of the rounding goes
	 * where it belongs.
	 */
	private static long floating(long value, int mantissaBits, long largest) {
		int shift = Math.max(0, 63 - Long.numberOfLeadingZeros(value) - mantissaBits);
		long rounded = (value >>> shift) + ((shift > 0) ? value >>> (shift - 1) & 1 : 0);
		return Math.min(largest, ((long) shift << mantissaBits) + rounded);
	}

	private static long number(long code, int mantissaBits) {
		int shift = (int) Math.max(0, (code >>> mantissaBits) - 1);
		return (code - ((long) shift << mantissaBits)) << shift;
	}

}
