package io.harpc.autoconfigure;

import java.util.List;

import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.server.Permission;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JakartaAnnotations}.
 */
class JakartaAnnotationsTests {

	private final JakartaAnnotations annotations = new JakartaAnnotations();

	@ParameterizedTest
	@CsvSource({ "byBeansMethod, of bean's method", "byInterfacesMethod, of interface's method",
			"byBeansClass, of bean's class", "open, everybody", "closed, nobody", "forNoRole, nobody" })
	void methodsComeBeforeClassesAndTheBeanBeforeTheInterface(String method, String expected) {
		assertThat(find(new AnnotatedBean(), Annotated.class, method)).usingRecursiveComparison()
			.isEqualTo(switch (expected) {
				case "everybody" -> Permission.ofEverybody();
				case "nobody" -> Permission.ofNobody();
				default -> Permission.of(List.of(), List.of(expected));
			});
	}

	@Test
	void whatStandsOnTheInterfaceHoldsWhereTheBeanSaysNothing() {
		assertThat(find(new PlainBean(), Annotated.class, "byBeansClass")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("of interface's class")));
	}

	@Test
	void whatStandsOnTheServiceHoldsForWhatItInheritsAndForNoOtherService() {
		assertThat(find(new TwoServices(), Special.class, "inherited")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("special")));
		assertThat(find(new TwoServices(), General.class, "inherited")).isNull();
	}

	@Test
	void whatStandsOnASuperclassHoldsForItsSubclass() {
		assertThat(find(new AnnotatedBean() {
		}, Annotated.class, "byBeansClass")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("of bean's class")));
	}

	@Test
	void whatStandsOnAMethodHoldsForTheOneThatOverridesIt() {
		assertThat(find(new Overriding(), General.class, "inherited")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("overridden")));
		assertThat(find(new OfAgain(), Again.class, "inherited")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("guarded")));
	}

	@Test
	void whatStandsOnOneOfSeveralInterfacesOfAServiceHoldsForTheMethodTheyHaveInCommon() {
		assertThat(find(new OfBoth(), Both.class, "inherited")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("guarded")));
		assertThat(find(new OfBothTypes(), BothTypes.class, "inherited")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("guarded type")));
	}

	@ParameterizedTest
	@CsvSource({ "true", "false" })
	void aProxyHidesNothing(boolean proxyTargetClass) {
		ProxyFactory factory = new ProxyFactory(new AnnotatedBean());
		factory.setProxyTargetClass(proxyTargetClass);
		assertThat(find(factory.getProxy(), Annotated.class, "byBeansMethod")).usingRecursiveComparison()
			.isEqualTo(Permission.of(List.of(), List.of("of bean's method")));
	}

	@Test
	void nothingIsSaidWhereNothingStands() {
		General bean = () -> {
		};
		assertThat(find(bean, General.class, "inherited")).isNull();
	}

	@Test
	void twoThatContradictEachOtherEndTheStart() {
		assertThatExceptionOfType(RpcStartupException.class)
			.isThrownBy(() -> find(new Contradiction(), General.class, "inherited"))
			.withMessageContaining("inherited() carries @RolesAllowed and @PermitAll");
	}

	private @Nullable Permission find(Object bean, Class<?> service, String method) {
		MethodDescriptor found = ServiceDescriptor.of(ServiceKey.of(service), service)
			.methods()
			.stream()
			.filter((each) -> each.name().equals(method))
			.findFirst()
			.orElseThrow();
		return this.annotations.find(bean, found);
	}

	@RolesAllowed("of interface's class")
	interface Annotated {

		@RolesAllowed("of interface's method")
		void byBeansMethod();

		@RolesAllowed("of interface's method")
		void byInterfacesMethod();

		void byBeansClass();

		@DenyAll
		void open();

		@PermitAll
		void closed();

		void forNoRole();

	}

	@RolesAllowed("of bean's class")
	static class AnnotatedBean implements Annotated {

		@Override
		@RolesAllowed("of bean's method")
		public void byBeansMethod() {
		}

		@Override
		public void byInterfacesMethod() {
		}

		@Override
		public void byBeansClass() {
		}

		@Override
		@PermitAll
		public void open() {
		}

		@Override
		@DenyAll
		public void closed() {
		}

		@Override
		@RolesAllowed({})
		public void forNoRole() {
		}

	}

	static class PlainBean implements Annotated {

		@Override
		public void byBeansMethod() {
		}

		@Override
		public void byInterfacesMethod() {
		}

		@Override
		public void byBeansClass() {
		}

		@Override
		public void open() {
		}

		@Override
		public void closed() {
		}

		@Override
		public void forNoRole() {
		}

	}

	@FunctionalInterface
	interface General {

		void inherited();

	}

	interface Middle extends General {

	}

	@RolesAllowed("special")
	interface Special extends Middle {

	}

	static class TwoServices implements Special {

		@Override
		public void inherited() {
		}

	}

	interface Guarded {

		@RolesAllowed("guarded")
		void inherited();

	}

	@RolesAllowed("guarded type")
	interface GuardedType {

		void inherited();

	}

	interface Again extends Guarded {

		@Override
		void inherited();

	}

	interface Both extends General, Guarded {

	}

	interface BothTypes extends General, GuardedType {

	}

	static class Overridden implements General {

		@Override
		@RolesAllowed("overridden")
		public void inherited() {
		}

	}

	static class Overriding extends Overridden {

		@Override
		public void inherited() {
		}

	}

	static class OfAgain implements Again {

		@Override
		public void inherited() {
		}

	}

	static class OfBoth implements Both {

		@Override
		public void inherited() {
		}

	}

	static class OfBothTypes implements BothTypes {

		@Override
		public void inherited() {
		}

	}

	static class Contradiction implements General {

		@Override
		@RolesAllowed("x")
		@PermitAll
		public void inherited() {
		}

	}

}
