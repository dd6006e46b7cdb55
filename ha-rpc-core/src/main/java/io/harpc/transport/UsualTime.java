package io.harpc.transport;

/**
 * How long the calls of one method take while the server has next to nothing else to do:
 * what to compare with when it has. Written by many threads without a lock; a value that
 * is lost in a race does no harm.
 */
final class UsualTime {

	/** So few calls at once cannot be each other's reason to be slow. */
	static final int CALM = 4;

	/** The mean follows the last so many calls, roughly. */
	private static final int CALM_MEMORY = 64;

	private static final int RECENT_MEMORY = 256;

	private int calmCalls;

	private double calmMean;

	private int recentCalls;

	private double recentMean;

	/**
	 * Learns of a call.
	 * @param nanos how long it took
	 * @param running how many calls ran when it began, itself included
	 * @return how long it would have taken in calm, in nanoseconds: the mean of the calls
	 * that began in calm, or of the recent ones where that is less, as it is when the
	 * first calls had to load classes
	 */
	long learn(long nanos, int running) {
		int recent = Math.min(this.recentCalls + 1, RECENT_MEMORY);
		this.recentCalls = recent;
		this.recentMean += (nanos - this.recentMean) / recent;
		if (running <= CALM) {
			int calm = Math.min(this.calmCalls + 1, CALM_MEMORY);
			this.calmCalls = calm;
			this.calmMean += (nanos - this.calmMean) / calm;
		}
		else if (this.calmCalls == 0 || recent == RECENT_MEMORY && this.recentMean < this.calmMean) {
			this.calmCalls = 1;
			this.calmMean = this.recentMean;
		}
		return Math.max(1, nanos());
	}

	long nanos() {
		return (long) this.calmMean;
	}

}
