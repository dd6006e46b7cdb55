package io.harpc.method;

import java.util.Arrays;
import java.util.stream.Collectors;

import io.harpc.ServiceKey;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MethodTableTests {

	private final ServiceDescriptor one = ServiceDescriptor.of(ServiceKey.of(One.class), One.class);

	private final ServiceDescriptor other = ServiceDescriptor.of(ServiceKey.of(Other.class), Other.class);

	@Test
	void findsTheMethodsOfAllServices() {
		MethodTable<String> table = table(this.one, this.other);
		MethodDescriptor method = this.other.methods().get(0);
		assertThat(table.find(method.id())).isEqualTo("ask");
		assertThat(table.find(method.id() + 1)).isNull();
	}

	@Test
	void tellsAnUnknownMethodFromAnUnknownService() {
		MethodTable<String> table = table(this.one);
		assertThat(table.hasServiceOf(this.one.methods().get(0).id() ^ 1)).isTrue();
		assertThat(table.hasServiceOf(this.other.methods().get(0).id())).isFalse();
	}

	@Test
	void refusesMethodsOfTwoServicesWhoseIdsCollide() {
		ServiceDescriptor first = ServiceDescriptor.of(ServiceKey.of(One.class), One.class, (text) -> 1);
		ServiceDescriptor second = ServiceDescriptor.of(ServiceKey.of(Other.class), Other.class, (text) -> 1);
		assertThatExceptionOfType(InvalidServiceException.class).isThrownBy(() -> table(first, second))
			.withMessageContainingAll("One#call()", "Other#ask(int)", "have the same id 0000000100000001");
	}

	private static MethodTable<String> table(ServiceDescriptor... services) {
		return new MethodTable<>(Arrays.stream(services)
			.flatMap((service) -> service.methods().stream())
			.collect(Collectors.toMap((method) -> method, MethodDescriptor::name)));
	}

	interface One {

		void call();

	}

	interface Other {

		void ask(int question);

	}

}
