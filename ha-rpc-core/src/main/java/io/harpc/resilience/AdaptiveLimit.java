package io.harpc.resilience;

/**
 * How many calls a server should run at once, found by their times: where calls take
 * longer than they would alone, some of them only wait for each other, and had better
 * wait outside, where their deadlines are minded. After <i>Gradient2</i> of Netflix's
 * concurrency-limits: {@code limit × gradient + √limit}, with the gradient
 * {@code tolerance / slowness} between a half and one.
 * <p>
 * It differs in three points. It begins at the maximum, so that a server that has never
 * been slow refuses nothing. Its measure is not the long-term mean of all calls, which
 * overload itself pulls up, but what each method takes while next to nothing else runs; a
 * limit that has become low for any other reason makes such calm, and so corrects itself.
 * And it grows by half, not by a constant, once calls are quick again. Not thread-safe.
 */
public final class AdaptiveLimit {

	/** The least it will be. */
	public static final int MIN = 4;

	/** How many times longer than alone is still normal. */
	private static final double TOLERANCE = 2;

	private static final double MIN_GRADIENT = 0.5;

	private static final double GROWTH = 1.5;

	private final int max;

	private double limit;

	private boolean slowBefore;

	/**
	 * Creates a limit that is at its maximum.
	 * @param max the most it will be
	 */
	public AdaptiveLimit(int max) {
		this.max = max;
		this.limit = max;
	}

	/**
	 * Finds the limit anew.
	 * @param slowness how long recent calls took, relative to calls alone; 1 for as long
	 * @param running how many ran at once, at most
	 * @return how many may run at once from now on
	 */
	public int update(double slowness, int running) {
		boolean slow = slowness > TOLERANCE && running > MIN;
		if (slow && this.slowBefore) {
			// From what was in use: it is that which was too much.
			double used = Math.min(this.limit, running);
			this.limit = used * Math.max(MIN_GRADIENT, TOLERANCE / slowness) + Math.sqrt(used);
		}
		else if (!slow && running >= this.limit / 2) {
			this.limit = this.limit * GROWTH + Math.sqrt(this.limit);
		}
		// One slow window alone is a pause of the collector, or of the machine.
		this.slowBefore = slow;
		this.limit = Math.min(this.max, Math.max(Math.min(MIN, this.max), this.limit));
		return (int) this.limit;
	}

}
