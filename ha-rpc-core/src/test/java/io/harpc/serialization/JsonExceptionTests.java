package io.harpc.serialization;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JsonExceptionTests extends ExceptionContractTests {

	@Override
	Serializer serializer() {
		return Serializer.json();
	}

	@Test
	void hasTheDocumentedForm() throws IOException {
		assertThat(text(new FileNotFoundException("gone"))).isEqualTo(
				"{\"thrown\":\"java.io.FileNotFoundException\",\"declared\":\"java.io.FileNotFoundException\",\"message\":\"gone\",\"fields\":{}}");
		assertThat(text(new IllegalStateException("oops")))
			.isEqualTo("{\"thrown\":\"java.lang.IllegalStateException\",\"message\":\"oops\"}");
		String nested = ExceptionContractTests.class.getName() + "$";
		assertThat(text(new OutOfStock("a", 1, null, null, null))).isEqualTo("{\"thrown\":\"" + nested
				+ "OutOfStock\",\"declared\":\"" + nested + "OutOfStock\",\"message\":\"1 of a left\",\"fields\":"
				+ "{\"sku\":\"a\",\"left\":1,\"price\":null,\"at\":null,\"warehouses\":null}}");
		assertThat(text(new Secret("s", 1))).isEqualTo("{\"thrown\":\"" + nested + "Secret\",\"declared\":\"" + nested
				+ "WithSetter\",\"message\":\"s\",\"fields\":{\"code\":0}}");
	}

	private String text(Throwable thrown) throws IOException {
		return new String(write(thrown, false), StandardCharsets.UTF_8);
	}

}
