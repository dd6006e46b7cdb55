package io.harpc.autoconfigure;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.security.access.AccessDeniedException;

import static org.assertj.core.api.Assertions.assertThat;

class MethodSecurityChecksTests {

	/** The caller's trace last, as in a trace. */
	@ParameterizedTest
	@CsvSource({ "org.springframework.aop.Interceptor, true",
			"io.harpc.autoconfigure.MethodSecurityChecksTests$Bean, false",
			"io.harpc.autoconfigure.MethodSecurityChecksTests$Parent, false",
			"io.harpc.autoconfigure.MethodSecurityChecksTests$Service, false",
			"org.example.SomeAfterMethodInterceptor, false" })
	void knowARefusalByWhatHadBegunByThen(String within, boolean refusal) {
		AccessDeniedException denied = new AccessDeniedException("denied");
		denied.setStackTrace(Stream.of("org.example.Check", within, "io.harpc.server.MethodHandler")
			.map((type) -> new StackTraceElement(type, "any", null, 1))
			.toArray(StackTraceElement[]::new));
		assertThat(new MethodSecurityChecks().isRefusal(new Bean(), denied)).isEqualTo(refusal);
	}

	interface Service {

		default void purge() {
		}

	}

	static class Parent implements Service {

	}

	static class Bean extends Parent {

	}

}
