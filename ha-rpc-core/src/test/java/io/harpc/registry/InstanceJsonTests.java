package io.harpc.registry;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.harpc.Address;
import io.harpc.ServiceKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstanceJsonTests {

	private static final String GOOD = """
			{"format":1,"id":"a","service":"com.example.OrderService","version":"1.0","group":"","host":"10.0.0.1",\
			"port":20880,"weight":7,"zone":"z","serialization":"smile","tls":true,"metadata":{"k":"v"}}""";

	@Test
	void readsWhatIsWritten() {
		Instance instance = new Instance("a", new ServiceKey("com.example.OrderService", "1.0", ""),
				new Address("10.0.0.1", 20880), 7, "z", "smile", true, Map.of("k", "v"));
		assertThat(new String(InstanceJson.write(instance), StandardCharsets.UTF_8)).isEqualTo(GOOD);
		assertThat(read(GOOD)).isEqualTo(instance);
	}

	@Test
	void takesTheDefaultForWhatMayBeMissing() {
		Instance instance = read("{\"format\":1,\"id\":\"a\",\"service\":\"S\",\"host\":\"h\",\"port\":1}");
		assertThat(instance)
			.isEqualTo(new Instance("a", new ServiceKey("S", "", ""), new Address("h", 1), 100, "", "json", Map.of()));
	}

	@Test
	void tellsApartThreeKindsOfEncryption() {
		assertThat(read(GOOD.replace("true", "false")).tls()).isFalse();
		assertThat(read(GOOD.replace("\"tls\":true,", "")).tls()).isNull();
	}

	@Test
	void passesOverWhatALaterVersionAdds() {
		assertThat(read(GOOD.replace("\"port\"", "\"later\":{\"x\":[1,null,1e400]},\"port\"")).address().port())
			.isEqualTo(20880);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"format":1              | "format":2              | format: 2
			"format":1              | "format":"1"            | format: STRING
			"format":1,             |                         | format: 0
			"id":"a"                | "id":null               | id: NULL
			"id":"a"                | "id":["a"]              | id: ARRAY
			"id":"a",               |                         | id: MISSING
			"id":"a"                | "id":"a/../b"           | instance id: a/../b
			"port":20880            | "port":"20880"          | port: STRING
			"port":20880            | "port":20880.5          | port: NUMBER
			"port":20880            | "port":4294967297       | port: NUMBER
			"port":20880            | "port":0                | port: 0
			"port":20880            | "port":1,"port":2       | not JSON
			"weight":7              | "weight":-7             | weight: -7
			"host":"10.0.0.1"       | "host":"a b"            | host: 'a b'
			"zone":"z"              | "zone":{}               | zone: OBJECT
			"tls":true              | "tls":"true"            | tls: STRING
			"tls":true              | "tls":null              | tls: NULL
			"metadata":{"k":"v"}    | "metadata":{"k":1}      | metadata: NUMBER
			"metadata":{"k":"v"}    | "metadata":[]           | metadata: ARRAY
			{"format":1             | [{"format":1            | not JSON
			"group":""              | "group":"a/b"           | group: a/b
			"metadata":{"k":"v"}    | "x":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]] | not JSON
			""")
	void refusesWhatIsNotAnInstanceAndSaysWhy(String part, String instead, String message) {
		String text = GOOD.replace(part, (instead != null) ? instead : "");
		assertThat(text).isNotEqualTo(GOOD);
		assertThatIllegalArgumentException().isThrownBy(() -> read(text)).withMessageContaining(message);
	}

	@Test
	void refusesWhatIsTooLargeOrNotEvenText() {
		assertThatIllegalArgumentException().isThrownBy(() -> read(" ".repeat(InstanceJson.MAX_BYTES) + GOOD))
			.withMessageContaining("bytes (expected: at most 65536)");
		assertThatIllegalArgumentException().isThrownBy(() -> read(""));
		assertThatIllegalArgumentException().isThrownBy(() -> read("null"));
		assertThatIllegalArgumentException().isThrownBy(() -> read(GOOD + GOOD));
	}

	@Test
	void endsInARefusalOrAnInstanceWhateverIsRead() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int i = 0; i < 2000; i++) {
			byte[] bytes = GOOD.getBytes(StandardCharsets.UTF_8);
			for (int flips = random.nextInt(4); flips >= 0; flips--) {
				bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
			}
			try {
				InstanceJson.read(bytes);
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex.getMessage()).as("seed %d", seed).isNotBlank().hasSizeLessThan(600);
			}
		}
	}

	private static Instance read(String text) {
		return InstanceJson.read(text.getBytes(StandardCharsets.UTF_8));
	}

}
