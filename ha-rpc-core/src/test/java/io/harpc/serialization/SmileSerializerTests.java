package io.harpc.serialization;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIOException;

class SmileSerializerTests extends SerializerContractTests {

	@Override
	Serializer serializer() {
		return Serializer.smile();
	}

	@Test
	void refusesToWriteHalfASurrogatePair() {
		MethodSerializer method = method(Samples.OfString.class, "plain");
		assertThatIOException().isThrownBy(() -> write(method, "\uD83D"));
	}

}
