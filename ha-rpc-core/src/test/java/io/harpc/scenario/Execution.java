package io.harpc.scenario;

/**
 * A provider began to run a call.
 *
 * @param callId the call
 * @param provider its name
 * @param at when, on the clock of {@link Call}
 */
record Execution(long callId, String provider, long at) {

	String line() {
		return this.callId + " " + this.provider + " " + this.at + "\n";
	}

	static Execution parse(String line) {
		String[] parts = line.split(" ");
		return new Execution(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]));
	}

}
