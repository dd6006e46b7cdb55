package io.harpc.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.harpc.CallObserver;
import io.harpc.ForwardedIdentity;
import io.harpc.client.CallSettings;
import io.harpc.client.RpcClient;
import io.harpc.client.RpcClientSettings;
import io.harpc.failback.FailbackSettings;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.registry.AllowedNetworks;
import io.harpc.registry.Registry;
import io.harpc.resilience.EjectionSettings;
import io.harpc.resilience.Resilience;
import io.harpc.resilience.ResilienceSettings;
import io.harpc.resilience.RetryBudget;
import io.harpc.security.TokenSource;
import io.harpc.serialization.Serializer;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * {@link AutoConfiguration Auto-configuration} of the client and of the injection of
 * references. Nothing is connected, watched or started before there is a reference.
 */
@AutoConfiguration(after = RpcRegistryAutoConfiguration.class,
		afterName = { "io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
				"io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration",
				"io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
				"io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "ha-rpc.enabled", matchIfMissing = true)
public class RpcClientAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RpcClientSettings rpcClientSettings(RpcProperties properties, BundleEncryption encryption) {
		RpcProperties.Client client = properties.client();
		PropertyCheck.positive("ha-rpc.client.timeout", client.timeout());
		if (client.attemptTimeout() != null) {
			PropertyCheck.positive("ha-rpc.client.attempt-timeout", client.attemptTimeout());
		}
		PropertyCheck.range("ha-rpc.client.max-attempts", client.maxAttempts(), 1, CallSettings.MAX_ATTEMPTS);
		return new RpcClientSettings(new CallSettings(client.timeout(), client.attemptTimeout(), client.maxAttempts(),
				client.loadBalancer(), client.cluster()),
				encryption.client("ha-rpc.client.ssl.bundle", client.ssl().bundle()));
	}

	@Bean
	@ConditionalOnMissingBean
	TransportClientSettings rpcTransportClientSettings(RpcProperties properties, ObjectProvider<TokenSource> tokens) {
		RpcProperties.Client client = properties.client();
		PropertyCheck.positive("ha-rpc.client.connect-timeout", client.connectTimeout());
		PropertyCheck.positive("ha-rpc.client.heartbeat-interval", client.heartbeatInterval());
		PropertyCheck.range("ha-rpc.client.connections-per-instance", client.connectionsPerInstance(), 1, 64);
		AllowedNetworks networks = RegistryTrust.networks(properties.registry());
		return TransportClientSettings.defaults()
			.withAllowed((networks != null) ? networks.reporting() : (address) -> true)
			.withAuthentication(AuthenticationProperties.ofClient(client.authentication(), tokens.getIfAvailable()))
			.withConnections(client.connectionsPerInstance())
			.withConnectTimeout(client.connectTimeout())
			.withHeartbeat(client.heartbeatInterval(), client.heartbeatInterval())
			.withMaxFrameSize(PropertyCheck.frameSize("ha-rpc.client.max-frame-size", client.maxFrameSize()));
	}

	@Bean
	@ConditionalOnMissingBean
	ResilienceSettings rpcResilienceSettings(RpcProperties properties) {
		RpcProperties.Client client = properties.client();
		PropertyCheck.notNegative("ha-rpc.client.warm-up", client.warmUp());
		PropertyCheck.range("ha-rpc.client.retry-budget.ratio", client.retryBudget().ratio(), 0, 10);
		PropertyCheck.range("ha-rpc.client.retry-budget.min-per-second", client.retryBudget().minPerSecond(), 0,
				Integer.MAX_VALUE);
		return new ResilienceSettings(
				new RetryBudget.Settings(client.retryBudget().ratio(), client.retryBudget().minPerSecond()),
				ejection("ha-rpc.client.ejection.", client.ejection()), client.warmUp());
	}

	@Bean
	@ConditionalOnMissingBean
	Resilience rpcResilience(ObjectProvider<CircuitBreakerRegistry> breakers, ObjectProvider<RetryRegistry> retries,
			ResilienceSettings settings) {
		return new Resilience(breakers.getIfAvailable(CircuitBreakerRegistry::ofDefaults),
				retries.getIfAvailable(RetryRegistry::ofDefaults), settings);
	}

	@Bean
	@ConditionalOnMissingBean
	LoadBalancers rpcLoadBalancers(RpcProperties properties, ListableBeanFactory beanFactory) {
		return new LoadBalancers(beanFactory.getBeansOfType(LoadBalancer.class), properties.client().zone());
	}

	@Bean
	@ConditionalOnBooleanProperty("ha-rpc.client.propagate-identity")
	ForwardedIdentity rpcForwardedIdentity() {
		return new ForwardedIdentity();
	}

	@Bean
	@ConditionalOnMissingBean
	RpcClient rpcClient(RpcProperties properties, RpcClientSettings settings, TransportClientSettings transport,
			Registry registry, Resilience resilience, ObjectProvider<FailbackSettings> failback,
			ObjectProvider<CallObserver> observers, LoadBalancers loadBalancers, OwnServices ownServices) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("ha-rpc-client-");
		threads.setDaemon(true);
		RpcClient.Builder builder = RpcClient.builder(registry)
			.settings(settings)
			.transport(new TransportClient(transport, threads))
			.threads(threads)
			.resilience(resilience)
			.loadBalancers(loadBalancers)
			.hints(ownServices)
			.observer(CompositeCallObserver.of(observers));
		if (properties.client().strictPayloads()) {
			builder.serializers(List.of(Serializer.json().strict(), Serializer.smile().strict()));
		}
		failback.ifAvailable(builder::failback);
		return builder.build();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnProperty("ha-rpc.client.failback.directory")
	FailbackSettings rpcFailbackSettings(RpcProperties properties) {
		RpcProperties.Failback failback = properties.client().failback();
		PropertyCheck.positive("ha-rpc.client.failback.max-backoff", failback.maxBackoff());
		PropertyCheck.positive("ha-rpc.client.failback.min-backoff", failback.minBackoff());
		try {
			return new FailbackSettings(Objects.requireNonNull(failback.directory()), failback.expiry(),
					failback.maxEntries(), failback.maxSize().toBytes(), failback.minBackoff(), failback.maxBackoff());
		}
		catch (IllegalArgumentException ex) {
			throw new RpcStartupException("A property below ha-rpc.client.failback cannot be: " + ex.getMessage(),
					"Correct the value.", ex);
		}
	}

	@Bean
	ReferenceFactory rpcReferenceFactory(RpcClient client, RpcProperties properties, Environment environment,
			Fallbacks fallbacks, BundleEncryption encryption) {
		return new ReferenceFactory(client, properties.client(), environment, fallbacks, encryption);
	}

	@Bean
	OwnServices rpcOwnServices() {
		return new OwnServices();
	}

	@Bean
	Fallbacks rpcFallbacks(ConfigurableListableBeanFactory beanFactory) {
		return new Fallbacks(beanFactory);
	}

	@Bean
	static StaticReferenceCheck rpcStaticReferenceCheck() {
		return new StaticReferenceCheck();
	}

	/** Set before any bean is made; the client itself only with the first reference. */
	@Bean
	static BeanFactoryPostProcessor rpcReferenceInjection() {
		return (beanFactory) -> {
			if (beanFactory instanceof DefaultListableBeanFactory factory) {
				factory.setAutowireCandidateResolver(
						new RpcReferenceResolver(factory.getAutowireCandidateResolver(), (annotation,
								descriptor) -> factory.getBean(ReferenceFactory.class).apply(annotation, descriptor)));
			}
		};
	}

	private static EjectionSettings ejection(String prefix, RpcProperties.Ejection ejection) {
		PropertyCheck.range(prefix + "consecutive-failures", ejection.consecutiveFailures(), 1, Integer.MAX_VALUE);
		PropertyCheck.range(prefix + "failure-ratio", ejection.failureRatio(), Double.MIN_VALUE, 1);
		PropertyCheck.range(prefix + "min-calls", ejection.minCalls(), 1, Integer.MAX_VALUE);
		PropertyCheck.atLeast(prefix + "interval", ejection.interval(), Duration.ofSeconds(1));
		PropertyCheck.positive(prefix + "base-duration", ejection.baseDuration());
		PropertyCheck.atLeast(prefix + "max-duration", ejection.maxDuration(), ejection.baseDuration());
		PropertyCheck.range(prefix + "max-ejected-ratio", ejection.maxEjectedRatio(), 0, 1);
		return new EjectionSettings(ejection.enabled(), ejection.consecutiveFailures(), ejection.failureRatio(),
				ejection.minCalls(), ejection.interval(), ejection.baseDuration(), ejection.maxDuration(),
				ejection.maxEjectedRatio());
	}

}
