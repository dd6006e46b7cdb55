package io.harpc.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.harpc.Address;
import io.harpc.annotation.RpcReference;
import io.harpc.client.Cluster;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the injection of references.
 */
class RpcReferenceInjectionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory");

	@Test
	void constructorParametersFieldsSettersAndBeanMethodsGetOneReference() {
		this.runner.withUserConfiguration(InConstructor.class, InField.class, InSetter.class, InBeanMethod.class)
			.run((context) -> {
				Orders orders = context.getBean(InConstructor.class).orders;
				assertThat(orders).isNotNull();
				assertThat(context.getBean(InField.class).orders).isSameAs(orders);
				assertThat(context.getBean(InSetter.class).orders).isSameAs(orders);
				assertThat(context.getBean("inBeanMethod", Holder.class).orders()).isSameAs(orders);
				assertThat(context.getBean(RpcClient.class).references()).hasSize(1);
			});
	}

	@Test
	void aLocalBeanOfTheInterfaceIsNotChosenAndNotInTheWay() {
		this.runner.withUserConfiguration(LocalOrders.class, Mixed.class).run((context) -> {
			Mixed mixed = context.getBean(Mixed.class);
			assertThat(mixed.local).isSameAs(context.getBean(LocalOrders.class));
			assertThat(mixed.remote).isNotSameAs(mixed.local);
		});
	}

	@Test
	void otherInjectionGoesOnAsBefore() {
		this.runner.withUserConfiguration(LocalOrders.class, Ordinary.class)
			.withPropertyValues("some.text=hello")
			.run((context) -> {
				Ordinary ordinary = context.getBean(Ordinary.class);
				assertThat(ordinary.text).isEqualTo("hello");
				assertThat(ordinary.lazy.toString()).isEqualTo("local");
				assertThat(ordinary.provider.getObject()).isSameAs(context.getBean(LocalOrders.class));
			});
	}

	@Test
	void aReferenceMayBeOptionalProvidedOrLazy() {
		this.runner.withUserConfiguration(Wrapped.class).run((context) -> {
			Wrapped wrapped = context.getBean(Wrapped.class);
			assertThat(wrapped.optional).isPresent();
			assertThat(wrapped.provider.getObject()).isSameAs(wrapped.optional.orElseThrow());
			assertThat(wrapped.lazy).isNotNull();
		});
	}

	@Test
	void attributesAreTaken() {
		this.runner.withUserConfiguration(WithAttributes.class)
			.withPropertyValues("orders.version=1.0")
			.run((context) -> {
				ReferenceSettings<?> settings = settings(context.getBean(RpcClient.class));
				assertThat(settings.name()).isEqualTo("orders");
				assertThat(settings.service()).hasToString(Orders.class.getName() + ":1.0/blue");
				assertThat(settings.calls().timeout()).isEqualTo(Duration.ofMillis(500));
				assertThat(settings.calls().attemptTimeout()).isEqualTo(Duration.ofMillis(200));
				assertThat(settings.calls().cluster()).isEqualTo(Cluster.FAILSAFE);
				assertThat(settings.sticky()).isTrue();
				assertThat(settings.calls().maxAttempts()).isEqualTo(5);
				assertThat(settings.calls().loadBalancer()).isEqualTo("random");
				assertThat(settings.addresses()).containsExactly(new Address("127.0.0.1", 1),
						new Address("127.0.0.1", 2));
			});
	}

	@Test
	void thePropertiesOfAReferenceBeatItsAttributes() {
		this.runner.withUserConfiguration(WithAttributes.class)
			.withPropertyValues("orders.version=1.0", "ha-rpc.client.references.orders.version=2.0",
					"ha-rpc.client.references.orders.group=green", "ha-rpc.client.references.orders.timeout=2s",
					"ha-rpc.client.references.orders.attempt-timeout=1s",
					"ha-rpc.client.references.orders.cluster=failfast", "ha-rpc.client.references.orders.sticky=false",
					"ha-rpc.client.references.orders.max-attempts=1",
					"ha-rpc.client.references.orders.load-balancer=round-robin",
					"ha-rpc.client.references.orders.address=127.0.0.1:9",
					"ha-rpc.client.references.orders.idempotent=find*,count")
			.run((context) -> {
				ReferenceSettings<?> settings = settings(context.getBean(RpcClient.class));
				assertThat(settings.service()).hasToString(Orders.class.getName() + ":2.0/green");
				assertThat(settings.calls().timeout()).isEqualTo(Duration.ofSeconds(2));
				assertThat(settings.calls().attemptTimeout()).isEqualTo(Duration.ofSeconds(1));
				assertThat(settings.calls().cluster()).isEqualTo(Cluster.FAILFAST);
				assertThat(settings.sticky()).isFalse();
				assertThat(settings.calls().maxAttempts()).isEqualTo(1);
				assertThat(settings.calls().loadBalancer()).isEqualTo("round-robin");
				assertThat(settings.addresses()).containsExactly(new Address("127.0.0.1", 9));
				assertThat(settings.idempotent()).isEqualTo(List.of("find*", "count"));
			});
	}

	@Test
	void whatNobodySaysIsLeftToTheClient() {
		this.runner.withUserConfiguration(InField.class)
			.withPropertyValues("ha-rpc.client.timeout=7s", "ha-rpc.client.max-attempts=4",
					"ha-rpc.client.attempt-timeout=3s", "ha-rpc.client.cluster=failsafe",
					"ha-rpc.client.load-balancer=random")
			.run((context) -> {
				ReferenceSettings<?> settings = settings(context.getBean(RpcClient.class));
				assertThat(settings.name()).isEqualTo("orders");
				assertThat(settings.calls().timeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(settings.calls().attemptTimeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(settings.calls().cluster()).isEqualTo(Cluster.FAILSAFE);
				assertThat(settings.sticky()).isFalse();
				assertThat(settings.calls().maxAttempts()).isEqualTo(4);
				assertThat(settings.calls().loadBalancer()).isEqualTo("random");
			});
	}

	@Test
	void offMeansThatALocalBeanIsInjected() {
		this.runner.withUserConfiguration(LocalOrders.class, InField.class)
			.withPropertyValues("ha-rpc.enabled=false")
			.run((context) -> assertThat(context.getBean(InField.class).orders)
				.isSameAs(context.getBean(LocalOrders.class)));
	}

	private static ReferenceSettings<?> settings(RpcClient client) {
		assertThat(client.references()).hasSize(1);
		return client.references().get(0).settings();
	}

	interface Orders {

		String find(long id);

	}

	static class LocalOrders implements Orders {

		@Override
		public String find(long id) {
			return "local";
		}

		@Override
		public String toString() {
			return "local";
		}

	}

	record Holder(Orders orders) {

	}

	static class InConstructor {

		final Orders orders;

		InConstructor(@RpcReference Orders orders) {
			this.orders = orders;
		}

	}

	static class InField {

		@RpcReference
		@Nullable Orders orders;

	}

	static class InSetter {

		@Nullable Orders orders;

		@RpcReference
		void setOrders(Orders orders) {
			this.orders = orders;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InBeanMethod {

		@Bean
		Holder inBeanMethod(@RpcReference Orders orders) {
			return new Holder(orders);
		}

	}

	static class Mixed {

		final Orders local;

		final Orders remote;

		Mixed(Orders local, @RpcReference Orders remote) {
			this.local = local;
			this.remote = remote;
		}

	}

	static class Ordinary {

		final String text;

		final Orders lazy;

		final ObjectProvider<Orders> provider;

		Ordinary(@Value("${some.text}") String text, @Lazy Orders lazy, ObjectProvider<Orders> provider) {
			this.text = text;
			this.lazy = lazy;
			this.provider = provider;
		}

	}

	static class Wrapped {

		final ObjectProvider<Orders> provider;

		final Optional<Orders> optional;

		final Orders lazy;

		Wrapped(@RpcReference Optional<Orders> optional, @Lazy @RpcReference Orders lazy,
				@RpcReference ObjectProvider<Orders> provider) {
			this.optional = optional;
			this.lazy = lazy;
			this.provider = provider;
		}

	}

	static class WithAttributes {

		@RpcReference(name = "orders", version = "${orders.version}", group = "blue", timeout = "500ms",
				maxAttempts = 5, loadBalancer = "random", address = "127.0.0.1:1, 127.0.0.1:2", cluster = "failsafe",
				attemptTimeout = "200ms", sticky = true)
		@Nullable Orders orders;

	}

}
