package io.harpc.registry;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.harpc.Address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceTests {

	@Test
	void refusesWhatBreaksARuleAndSaysWhich() {
		refused("id with blank", 1, "", "json", Map.of(), "instance id: id with blank (expected: 1 to 100");
		refused("", 1, "", "json", Map.of(), "instance id:");
		refused("a", -1, "", "json", Map.of(), "weight: -1 (expected: 0 to 100000)");
		refused("a", 100_001, "", "json", Map.of(), "weight: 100001");
		refused("a", 1, "z".repeat(256), "json", Map.of(), "zone: 256 characters (expected: at most 255)");
		refused("a", 1, "a\nb", "json", Map.of(), "zone: a control character");
		refused("a", 1, "", "JSON", Map.of(), "serialization: JSON");
		refused("a", 1, "", "json", Map.of("k", "v".repeat(1025)), "metadata k: 1025 characters");
		Map<String, String> many = IntStream.range(0, 33).boxed().collect(Collectors.toMap(String::valueOf, (i) -> ""));
		refused("a", 1, "", "json", Map.of("priority", "-1"), "priority: -1 (expected: 0 to 99)");
		refused("a", 1, "", "json", many, "metadata: 33 entries (expected: at most 32)");
	}

	@Test
	void abbreviatesWhatItQuotes() {
		assertThatIllegalArgumentException().isThrownBy(() -> TestInstances.instance("x".repeat(5000), 1))
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(250));
	}

	private static void refused(String id, int weight, String zone, String serialization, Map<String, String> metadata,
			String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Instance(id, TestInstances.ORDERS, new Address("a", 1), weight, zone, serialization,
					metadata))
			.withMessageContaining(message);
	}

}
