package io.harpc.transport;

/**
 * How thick the frames of a connection come. Where they come thick, it pays to give way
 * to others before a write, because a system call is shared; where they do not, it would
 * only make frames late. Used by one thread at a time.
 */
final class Pace {

	/** Frames further apart than this seldom meet in one write. */
	private static final long THICK_NANOS = 100_000;

	private static final int SAMPLE = 64;

	private long sinceNanos;

	private int frames;

	private boolean thick;

	Pace(long now) {
		this.sinceNanos = now;
	}

	void wrote(int count, long now) {
		this.frames += count;
		long age = now - this.sinceNanos;
		if (this.frames >= SAMPLE || age >= SAMPLE * THICK_NANOS) {
			this.thick = age < this.frames * THICK_NANOS;
			this.sinceNanos = now;
			this.frames = 0;
		}
	}

	boolean isThick() {
		return this.thick;
	}

}
