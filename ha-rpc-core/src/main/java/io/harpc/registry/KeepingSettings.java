package io.harpc.registry;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link KeepingRegistry} goes by. Immutable.
 *
 * @param snapshotDirectory where the last known instances are written, which nobody but
 * the application's own user may write to; {@code null} for nowhere
 * @param snapshotDelay how long the registry may take for its first answer before the
 * snapshot is used in its place
 * @param settling how long after the registry has come back, or has answered first, it
 * may be incomplete because servers have yet to register again; no less than the session
 * timeout of the servers
 * @param together instances that vanish within this time of one another vanish together
 * @param trust which of the instances in a snapshot are believed
 */
public record KeepingSettings(@Nullable Path snapshotDirectory, Duration snapshotDelay, Duration settling,
		Duration together, Trust trust) {

	public KeepingSettings {
		checkNotNegative("snapshot delay", snapshotDelay);
		checkNotNegative("settling", settling);
		checkNotNegative("together", together);
	}

	/**
	 * Returns what is best unless there is a reason: no snapshot, half a second, 15
	 * seconds, 10 seconds.
	 * @return the settings
	 */
	public static KeepingSettings defaults() {
		return new KeepingSettings(null, Duration.ofMillis(500), Duration.ofSeconds(15), Duration.ofSeconds(10),
				Trust.ALL);
	}

	/**
	 * Returns the same with a snapshot.
	 * @param directory the directory, made when it is first written to
	 * @return the settings
	 */
	public KeepingSettings withSnapshotDirectory(@Nullable Path directory) {
		return new KeepingSettings(directory, this.snapshotDelay, this.settling, this.together, this.trust);
	}

	/**
	 * Returns the same with another time to settle.
	 * @param settling the time
	 * @return the settings
	 */
	public KeepingSettings withSettling(Duration settling) {
		return new KeepingSettings(this.snapshotDirectory, this.snapshotDelay, settling, this.together, this.trust);
	}

	/**
	 * Returns the same, believing other instances.
	 * @param trust which are believed
	 * @return the settings
	 */
	public KeepingSettings withTrust(Trust trust) {
		return new KeepingSettings(this.snapshotDirectory, this.snapshotDelay, this.settling, this.together, trust);
	}

	private static void checkNotNegative(String what, Duration value) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(what + ": " + value + " (expected: zero or more)");
		}
	}

}
