package io.harpc.method;

import java.util.List;

import io.harpc.ServiceKey;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MethodTableTests {

	private final ServiceDescriptor one = ServiceDescriptor.of(ServiceKey.of(One.class), One.class);

	private final ServiceDescriptor other = ServiceDescriptor.of(ServiceKey.of(Other.class), Other.class);

	@Test
	void findsTheMethodsOfAllServices() {
		MethodTable table = MethodTable.of(List.of(this.one, this.other));
		MethodDescriptor method = this.other.methods().get(0);
		assertThat(table.find(method.id())).isSameAs(method);
		assertThat(table.find(method.id() + 1)).isNull();
	}

	@Test
	void tellsAnUnknownMethodFromAnUnknownService() {
		MethodTable table = MethodTable.of(List.of(this.one));
		assertThat(table.hasServiceOf(this.one.methods().get(0).id() ^ 1)).isTrue();
		assertThat(table.hasServiceOf(this.other.methods().get(0).id())).isFalse();
	}

	@Test
	void refusesAServiceThatIsExportedTwice() {
		assertThatExceptionOfType(InvalidServiceException.class)
			.isThrownBy(() -> MethodTable.of(List.of(this.one, ServiceDescriptor.of(this.one.key(), One.class))))
			.withMessageContaining("The service " + One.class.getName() + " is exported twice");
	}

	@Test
	void refusesMethodsOfTwoServicesWhoseIdsCollide() {
		ServiceDescriptor first = ServiceDescriptor.of(ServiceKey.of(One.class), One.class, (text) -> 1);
		ServiceDescriptor second = ServiceDescriptor.of(ServiceKey.of(Other.class), Other.class, (text) -> 1);
		assertThatExceptionOfType(InvalidServiceException.class)
			.isThrownBy(() -> MethodTable.of(List.of(first, second)))
			.withMessageContainingAll("One#call()", "Other#ask(int)", "have the same id 0000000100000001");
	}

	interface One {

		void call();

	}

	interface Other {

		void ask(int question);

	}

}
