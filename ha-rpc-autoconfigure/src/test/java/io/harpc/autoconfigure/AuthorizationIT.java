package io.harpc.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.harpc.CallContext;
import io.harpc.Idempotent;
import io.harpc.Identity;
import io.harpc.RpcRejectedException;
import io.harpc.RpcRemoteException;
import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.autoconfigure.actuate.RpcEndpoint;
import io.harpc.server.RpcServer;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.security.RolesAllowed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aop.Advisor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authorization.method.AuthorizationManagerAfterMethodInterceptor;
import org.springframework.security.authorization.method.AuthorizationManagerBeforeMethodInterceptor;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whole applications, some of which may call others and some of which may not.
 */
@Timeout(120)
class AuthorizationIT {

	private static final String SECRET = "a secret of thirty-two characters, of ";

	private static final String ORDERS = "ha-rpc.server.authorization.rules[0].services=" + Orders.class.getName();

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	@AfterEach
	void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void aRuleLetsInWhomItNames() {
		ConfigurableApplicationContext provider = start(Provider.class, ORDERS,
				"ha-rpc.server.authorization.rules[0].roles=BUYER");
		assertThat(orders("shop").whoAmI()).isEqualTo("shop [ROLE_BUYER]");
		Orders forbidden = orders("spy");
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(forbidden::whoAmI)
			.withMessageContaining("spy may not call " + Orders.class.getName() + "#whoAmI()")
			.satisfies((ex) -> assertThat(ex.attempts()).hasSize(1));
		assertThat(provider.getBean(MeterRegistry.class)
			.get("ha.rpc.server.denied")
			.tag("service", Orders.class.getName())
			.tag("method", "whoAmI")
			.counter()
			.count()).isEqualTo(1);
		RpcEndpoint.ServerDescription shown = provider.getBean(RpcEndpoint.class).describe().server();
		assertThat(shown).isNotNull();
		assertThat(shown.authorization()).isTrue();
		assertThat(shown.services()).extracting(RpcEndpoint.ServiceDescription::denied).containsExactly(1L);
		assertAudited(provider, "spy", "a rule or an annotation");
	}

	@Test
	void anAnnotationLetsInWhomItNames() {
		start(Provider.class);
		assertThat(orders("shop").refund()).isEqualTo("refunded");
		Orders forbidden = orders("spy");
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(forbidden::refund)
			.withMessageContaining("spy may not call");
		assertThatExceptionOfType(RpcRejectedException.class).as("nothing permits it").isThrownBy(forbidden::whoAmI);
	}

	@Test
	void preAuthorizeRefusesBeforeTheBeanRunsAndIsNoFailure() {
		start(Secured.class, ORDERS, "ha-rpc.server.authorization.rules[0].access=permit-all");
		start(Secured.class, ORDERS, "ha-rpc.server.authorization.rules[0].access=permit-all");
		assertThat(orders("shop").buy()).isEqualTo("bought");
		Orders forbidden = orders("spy");
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(forbidden::buy)
			.withMessageContaining("spy may not call")
			.withMessageNotContaining("hasRole")
			.satisfies((ex) -> assertThat(ex.attempts()).as("idempotent, and two instances").hasSize(1));
		assertThat(this.contexts.stream()
			.flatMap((context) -> context.getBeansOfType(OrderService.class).values().stream())
			.mapToInt(OrderService::runs)
			.sum()).isEqualTo(1);
		assertThat(Stream.of(this.contexts.get(0), this.contexts.get(1))
			.flatMap((context) -> context.getBean(RpcServer.class).services().stream())
			.mapToLong((service) -> service.denied())
			.sum()).isEqualTo(1);
	}

	@Test
	void whatIsRefusedLaterIsAFailureForSomethingMayHaveBeenDone() {
		start(Secured.class, ORDERS, "ha-rpc.server.authorization.rules[0].access=permit-all");
		Orders orders = orders("shop");
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(orders::checkedAfterwards);
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(orders::refusedWithin)
			.satisfies((ex) -> assertThat(ex.remoteClassName()).isEqualTo(AccessDeniedException.class.getName()));
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(orders::refusedElsewhere);
	}

	@Test
	void tasksOfAHandlerRunForTheSameCaller() throws Exception {
		start(Secured.class, ORDERS, "ha-rpc.server.authorization.rules[0].access=permit-all");
		Orders shop = orders("shop");
		Orders spy = orders("spy");
		assertThat(shop.whoAmILater().get(10, TimeUnit.SECONDS)).isEqualTo("shop [ROLE_BUYER]");
		assertThat(spy.whoAmILater().get(10, TimeUnit.SECONDS)).isEqualTo("spy []");
		assertThat(spy.whoAmI()).isEqualTo("spy []");
		assertThat(shop.whoAmI()).isEqualTo("shop [ROLE_BUYER]");
	}

	@Test
	void aTrustedForwarderCallsForOthersWhoMustBeAllowedToo() {
		start(Provider.class, ORDERS, "ha-rpc.server.authorization.rules[0].identities=gate",
				"ha-rpc.server.authorization.rules[0].roles=BUYER",
				"ha-rpc.server.authentication.trusted-forwarders=gate");
		start(Gateway.class, asClient("gate", "ha-rpc.client.propagate-identity=true"));
		assertThat(gate("shop").whoAmIBehindYou()).isEqualTo("shop [ROLE_BUYER], from gate on behalf of shop");
		Gate spy = gate("spy");
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(spy::whoAmIBehindYou)
			.withMessageContaining("gate, on behalf of spy, may not call");
	}

	@Test
	void whoIsNotTrustedCallsForNobody() {
		start(Provider.class, ORDERS, "ha-rpc.server.authorization.rules[0].access=authenticated");
		start(Gateway.class, asClient("gate", "ha-rpc.client.propagate-identity=true"));
		Gate gate = gate("shop");
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(gate::whoAmIBehindYou)
			.withMessageContaining("gate, on behalf of shop, may not call");
	}

	@Test
	void aGatewayCallsForItselfUnlessToldToSayForWhom() {
		start(Provider.class, ORDERS, "ha-rpc.server.authorization.rules[0].identities=gate",
				"ha-rpc.server.authentication.trusted-forwarders=gate");
		start(Gateway.class, asClient("gate"));
		assertThat(gate("spy").whoAmIBehindYou()).isEqualTo("gate [], from gate on behalf of null");
	}

	private static void assertAudited(ConfigurableApplicationContext provider, String principal, String reason) {
		await().untilAsserted(() -> {
			List<AuditEvent> events = provider.getBean(AuditEventRepository.class).find(null, null, "RPC_CALL_DENIED");
			assertThat(events).singleElement().satisfies((event) -> {
				assertThat(event.getPrincipal()).isEqualTo(principal);
				assertThat(event.getData()).containsEntry("service", Orders.class.getName())
					.containsEntry("method", "whoAmI()")
					.containsEntry("reason", reason)
					.containsKey("peer");
			});
		});
	}

	private Orders orders(String client) {
		return start(Consumer.class, asClient(client)).getBean(Shop.class).orders;
	}

	private Gate gate(String client) {
		return start(Consumer.class, asClient(client)).getBean(Shop.class).gate;
	}

	private static String[] asClient(String name, String... more) {
		return Stream
			.concat(Stream.of(more), Stream.of("ha-rpc.client.authentication.key-id=" + name,
					"ha-rpc.client.authentication.secret=" + SECRET + name))
			.toArray(String[]::new);
	}

	private ConfigurableApplicationContext start(Class<?> application, String... properties) {
		String key = "ha-rpc.server.authentication.keys.";
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("ha-rpc.registry.type=in-memory", "ha-rpc.server.port=0", "spring.main.banner-mode=off",
					"ha-rpc.server.advertised-host=localhost", "management.endpoints.web.exposure.include=rpc",
					key + "shop.secret=" + SECRET + "shop", key + "shop.roles=BUYER",
					key + "spy.secret=" + SECRET + "spy", key + "gate.secret=" + SECRET + "gate")
			.properties(properties)
			.run();
		this.contexts.add(context);
		return context;
	}

	@Idempotent
	interface Orders {

		String whoAmI();

		CompletableFuture<String> whoAmILater();

		String buy();

		@RolesAllowed("BUYER")
		String refund();

		String checkedAfterwards();

		String refusedWithin();

		String refusedElsewhere();

	}

	interface Gate {

		String whoAmIBehindYou();

	}

	@RpcService
	static class OrderService implements Orders {

		private final AtomicInteger runs = new AtomicInteger();

		int runs() {
			return this.runs.get();
		}

		@Override
		public String whoAmI() {
			CallContext call = Objects.requireNonNull(CallContext.current());
			String from = (call.identity() != null && call.identity().name().equals("gate"))
					? ", from gate on behalf of " + name(call.onBehalfOf()) : "";
			return authenticated() + from;
		}

		private static @Nullable String name(@Nullable Identity identity) {
			return (identity != null) ? identity.name() : null;
		}

		@Async
		@Override
		public CompletableFuture<String> whoAmILater() {
			return CompletableFuture.completedFuture(authenticated());
		}

		@Override
		@PreAuthorize("hasRole('BUYER')")
		public String buy() {
			this.runs.incrementAndGet();
			return "bought";
		}

		@Override
		public String refund() {
			return "refunded";
		}

		@Override
		@PostAuthorize("returnObject == 'something else'")
		public String checkedAfterwards() {
			return "done";
		}

		@Override
		public String refusedWithin() {
			throw new AccessDeniedException("after the first half");
		}

		@Override
		public String refusedElsewhere() {
			throw CompletableFuture.supplyAsync(() -> new AccessDeniedException("on another thread")).join();
		}

		private static String authenticated() {
			Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
			return (authentication != null) ? authentication.getName() + " " + authentication.getAuthorities()
					: "nobody";
		}

	}

	@RpcService
	static class GateService implements Gate {

		private final Orders orders;

		GateService(@RpcReference Orders orders) {
			this.orders = orders;
		}

		@Override
		public String whoAmIBehindYou() {
			return this.orders.whoAmI();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@Import(OrderService.class)
	static class Provider {

		@Bean
		AuditEventRepository auditEventRepository() {
			return new InMemoryAuditEventRepository();
		}

	}

	@Import(Provider.class)
	static class Secured {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor before() {
			return AuthorizationManagerBeforeMethodInterceptor.preAuthorize();
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor after() {
			return AuthorizationManagerAfterMethodInterceptor.postAuthorize();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(GateService.class)
	static class Gateway {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Shop.class)
	static class Consumer {

	}

	static class Shop {

		final Orders orders;

		final Gate gate;

		Shop(@RpcReference Orders orders, @RpcReference Gate gate) {
			this.orders = orders;
			this.gate = gate;
		}

	}

}
