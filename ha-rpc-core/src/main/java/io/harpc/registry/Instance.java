package io.harpc.registry;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import io.harpc.Address;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * One service of one process: what a server registers and a client chooses among.
 * Immutable and valid: what breaks a rule below cannot be made.
 *
 * @param id unique for the service and for each start of the process, so that a restarted
 * server never meets its own ghost; at most 100 letters, digits, '.', '_', '-' and ':' of
 * ASCII
 * @param service the service
 * @param address where it listens
 * @param weight its share of the calls relative to others, from 0 to
 * {@value #MAX_WEIGHT}; 0 takes new calls only where nothing else is left
 * @param zone where it runs, empty if unknown; at most 255 characters
 * @param serialization the name of the serializer that the server speaks, such as
 * {@code json}
 * @param tls whether it speaks nothing but TLS, or ({@code false}) nothing but plain
 * text; {@code null} if it speaks both, or if that is not known
 * @param metadata anything else; at most {@value #MAX_METADATA} entries, of at most 128
 * characters in a name and 1,024 in a value; {@value #PRIORITY}, if it is there, is a
 * number from 0 to {@value #MAX_PRIORITY}
 */
public record Instance(String id, ServiceKey service, Address address, int weight, String zone, String serialization,
		@Nullable Boolean tls, Map<String, String> metadata) {

	/** The largest weight: the sum over the largest service still fits an {@code int}. */
	public static final int MAX_WEIGHT = 100_000;

	/** The largest number of metadata entries. */
	public static final int MAX_METADATA = 32;

	/** The name of the metadata that says its priority. */
	public static final String PRIORITY = "priority";

	/** The largest priority, which is that of the last resort. */
	public static final int MAX_PRIORITY = 99;

	private static final Pattern PRIORITY_TEXT = Pattern.compile("[0-9]{1,2}");

	private static final int MAX_ZONE_LENGTH = 255;

	private static final int MAX_METADATA_NAME_LENGTH = 128;

	private static final int MAX_METADATA_VALUE_LENGTH = 1024;

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,100}");

	private static final Pattern SERIALIZATION = Pattern.compile("[a-z0-9-]{1,32}");

	public Instance {
		check(ID.matcher(id).matches(), "instance id", id, "1 to 100 letters, digits, '.', '_', '-' and ':'");
		Objects.requireNonNull(service, "service");
		Objects.requireNonNull(address, "address");
		check(weight >= 0 && weight <= MAX_WEIGHT, "weight", weight, "0 to " + MAX_WEIGHT);
		checkText("zone", zone, MAX_ZONE_LENGTH);
		check(SERIALIZATION.matcher(serialization).matches(), "serialization", serialization,
				"1 to 32 lower-case letters, digits and '-'");
		metadata = Map.copyOf(metadata);
		check(metadata.size() <= MAX_METADATA, "metadata", metadata.size() + " entries", "at most " + MAX_METADATA);
		metadata.forEach((name, value) -> {
			checkText("metadata name", name, MAX_METADATA_NAME_LENGTH);
			checkText("metadata " + name, value, MAX_METADATA_VALUE_LENGTH);
		});
		String priority = metadata.getOrDefault(PRIORITY, "0");
		check(PRIORITY_TEXT.matcher(priority).matches(), PRIORITY, priority, "0 to " + MAX_PRIORITY);
	}

	/**
	 * Creates an instance of which is not known whether it speaks TLS.
	 * @param id unique for the service and for each start of the process
	 * @param service the service
	 * @param address where it listens
	 * @param weight its share of the calls relative to others
	 * @param zone where it runs, empty if unknown
	 * @param serialization the name of the serializer that the server speaks
	 * @param metadata anything else
	 */
	public Instance(String id, ServiceKey service, Address address, int weight, String zone, String serialization,
			Map<String, String> metadata) {
		this(id, service, address, weight, zone, serialization, null, metadata);
	}

	/**
	 * Its place in the order in which the load balancer {@code primary-backup} uses
	 * instances.
	 * @return zero for a primary, more for a backup
	 */
	public int priority() {
		return Integer.parseInt(this.metadata.getOrDefault(PRIORITY, "0"));
	}

	/**
	 * Returns this instance with another weight.
	 * @param weight its share of the calls relative to others
	 * @return the new instance
	 */
	public Instance withWeight(int weight) {
		return new Instance(this.id, this.service, this.address, weight, this.zone, this.serialization, this.tls,
				this.metadata);
	}

	/**
	 * Checks that another instance is news of this one, for those who implement a
	 * {@link Registration}.
	 * @param newer the other
	 * @return the other
	 * @throws IllegalArgumentException if id, service or address are not the same
	 */
	public Instance checkSame(Instance newer) {
		check(newer.id.equals(this.id) && newer.service.equals(this.service) && newer.address.equals(this.address),
				"instance", newer, this.id + " of " + this.service + " at " + this.address);
		return newer;
	}

	private static void checkText(String what, String value, int maxLength) {
		check(value.length() <= maxLength, what, value.length() + " characters", "at most " + maxLength);
		check(value.chars().noneMatch(Character::isISOControl), what, "a control character", "printable text");
	}

	private static void check(boolean valid, String what, Object found, String expected) {
		if (!valid) {
			String text = String.valueOf(found);
			String shown = (text.length() <= 80) ? text : text.substring(0, 80) + "...";
			throw new IllegalArgumentException(what + ": " + shown + " (expected: " + expected + ")");
		}
	}

}
