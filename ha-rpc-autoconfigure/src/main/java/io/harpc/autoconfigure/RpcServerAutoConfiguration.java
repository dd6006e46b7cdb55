package io.harpc.autoconfigure;

import java.net.InetAddress;
import java.util.concurrent.Executor;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.harpc.CallObserver;
import io.harpc.autoconfigure.RpcProperties.ClientAuth;
import io.harpc.registry.Instance;
import io.harpc.registry.Registry;
import io.harpc.resilience.CallGates;
import io.harpc.security.Authenticator;
import io.harpc.security.ServerAuthentication;
import io.harpc.serialization.Serializer;
import io.harpc.server.AuthorizationSettings;
import io.harpc.server.ReplaySettings;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * {@link AutoConfiguration Auto-configuration} of the server, which opens its port only
 * if there is a bean with {@link io.harpc.annotation.RpcService}.
 */
@AutoConfiguration(after = RpcRegistryAutoConfiguration.class,
		afterName = { "io.github.resilience4j.springboot3.bulkhead.autoconfigure.BulkheadAutoConfiguration",
				"io.github.resilience4j.springboot3.ratelimiter.autoconfigure.RateLimiterAutoConfiguration",
				"io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration",
				"io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration" })
@ConditionalOnBooleanProperty(name = { "ha-rpc.enabled", "ha-rpc.server.enabled" }, matchIfMissing = true)
@Import(AuthorizationConfiguration.class)
public class RpcServerAutoConfiguration {

	private static final String HANDLER_EXECUTOR = "rpcHandlerExecutor";

	private static final String HANDLER_THREAD_PREFIX = "ha-rpc-handler-";

	/**
	 * The first release on which a virtual thread blocked in a monitor frees its carrier.
	 */
	private static final int FIRST_RELEASE_WITHOUT_PINNING = 24;

	@Bean
	@ConditionalOnMissingBean
	RpcServerSettings rpcServerSettings(RpcProperties properties, BundleEncryption encryption,
			ObjectProvider<Authenticator> authenticators, AuthorizationSettings authorization) {
		RpcProperties.Server server = properties.server();
		PropertyCheck.range("ha-rpc.server.port", server.port(), 0, 65535);
		PropertyCheck.range("ha-rpc.server.weight", server.weight(), 0, Instance.MAX_WEIGHT);
		PropertyCheck.range("ha-rpc.server.priority", server.priority(), 0, Instance.MAX_PRIORITY);
		PropertyCheck.range("ha-rpc.server.max-connections", server.maxConnections(), 1, Integer.MAX_VALUE);
		PropertyCheck.range("ha-rpc.server.max-concurrent-calls", server.maxConcurrentCalls(), 1, Integer.MAX_VALUE);
		PropertyCheck.range("ha-rpc.server.max-queued-calls", server.maxQueuedCalls(), 0, Integer.MAX_VALUE);
		PropertyCheck.notNegative("ha-rpc.server.shutdown-grace-period", server.shutdownGracePeriod());
		PropertyCheck.positive("ha-rpc.server.handshake-timeout", server.handshakeTimeout());
		PropertyCheck.positive("ha-rpc.server.idle-timeout", server.idleTimeout());
		PropertyCheck.positive("ha-rpc.server.write-timeout", server.writeTimeout());
		ServerAuthentication authentication = AuthenticationProperties.ofServer(server, authenticators);
		TransportServerSettings transport = encrypted(transport(server), server, encryption)
			.withAuthentication(authentication);
		return new RpcServerSettings(transport, serializer(server), server.advertisedHost(), server.zone(),
				server.priority(), server.shutdownGracePeriod(), server.includeStackTrace(), server.adaptiveLimit(),
				replays(server.replayCache()), authorization);
	}

	private static TransportServerSettings transport(RpcProperties.Server server) {
		InetAddress address = server.address();
		return TransportServerSettings.defaults(server.port())
			.withBindAddress((address != null) ? address.getHostAddress() : "")
			.withTimeouts(server.handshakeTimeout(), server.idleTimeout(), server.writeTimeout())
			.withLimits(server.maxConnections(), server.maxConcurrentCalls(),
					PropertyCheck.frameSize("ha-rpc.server.max-frame-size", server.maxFrameSize()))
			.withMaxQueuedCalls(server.maxQueuedCalls());
	}

	private static TransportServerSettings encrypted(TransportServerSettings transport, RpcProperties.Server server,
			BundleEncryption encryption) {
		RpcProperties.ServerSsl ssl = server.ssl();
		if (ssl.bundle() == null && (ssl.clientAuth() != ClientAuth.NONE || ssl.acceptPlain())) {
			throw new RpcStartupException(
					"ha-rpc.server.ssl has client-auth or accept-plain, but no bundle, without which nothing is encrypted.",
					"Set ha-rpc.server.ssl.bundle, or remove the others.");
		}
		boolean plain = ssl.bundle() == null || ssl.acceptPlain();
		if (ssl.required() && plain && transport.isBeyondLoopback()) {
			throw new RpcStartupException(
					"ha-rpc.server.ssl.required is true, but others than this machine could connect unencrypted.",
					(ssl.bundle() == null)
							? "Set ha-rpc.server.ssl.bundle, or ha-rpc.server.address to a loopback address."
							: "Remove ha-rpc.server.ssl.accept-plain.");
		}
		return (ssl.bundle() == null) ? transport : transport.withEncryption(
				encryption.server("ha-rpc.server.ssl.bundle", ssl.bundle(), ssl.clientAuth()), ssl.acceptPlain());
	}

	private static ReplaySettings replays(RpcProperties.ReplayCache cache) {
		PropertyCheck.range("ha-rpc.server.replay-cache.max-entries", cache.maxEntries(), 0, Integer.MAX_VALUE);
		PropertyCheck.notNegative("ha-rpc.server.replay-cache.time-to-live", cache.timeToLive());
		return new ReplaySettings(cache.maxEntries(), Math.max(0, cache.maxSize().toBytes()), cache.timeToLive());
	}

	private static Serializer serializer(RpcProperties.Server server) {
		Serializer serializer = switch (server.serialization()) {
			case JSON -> Serializer.json();
			case SMILE -> Serializer.smile();
		};
		return server.strictPayloads() ? serializer.strict() : serializer;
	}

	/**
	 * A thread for each connection and for each slow call, none of which may wait for
	 * another; the limits of both bound it. No candidate for other injection points, so
	 * that the application's executor stays the one that Spring Boot makes.
	 */
	@Bean(name = HANDLER_EXECUTOR, defaultCandidate = false)
	@ConditionalOnMissingBean(name = HANDLER_EXECUTOR)
	TaskExecutor rpcHandlerExecutor(RpcProperties properties, Environment environment) {
		if (environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false)
				&& Runtime.version().feature() >= FIRST_RELEASE_WITHOUT_PINNING) {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(HANDLER_THREAD_PREFIX);
			executor.setVirtualThreads(true);
			return executor;
		}
		RpcProperties.Server server = properties.server();
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setThreadNamePrefix(HANDLER_THREAD_PREFIX);
		executor.setCorePoolSize(0);
		executor.setMaxPoolSize(
				(int) Math.min(Integer.MAX_VALUE, (long) server.maxConnections() + server.maxConcurrentCalls()));
		executor.setQueueCapacity(0);
		// The server itself says when it takes no more: after it has drained.
		executor.setAcceptTasksAfterContextClose(true);
		return executor;
	}

	@Bean
	@ConditionalOnMissingBean
	RpcServer rpcServer(RpcServerSettings settings, Registry registry,
			@Qualifier(HANDLER_EXECUTOR) Executor handlerExecutor, ObjectProvider<CallObserver> observers,
			ObjectProvider<ServerRegistryCustomizer> customizers) {
		Registry registerIn = registry;
		for (ServerRegistryCustomizer customizer : customizers.orderedStream().toList()) {
			registerIn = customizer.apply(registerIn);
		}
		return new RpcServer(settings, registerIn, handlerExecutor, new CustomizableThreadFactory("ha-rpc-server-"),
				CompositeCallObserver.of(observers));
	}

	@Bean
	@ConditionalOnMissingBean
	CallGates rpcCallGates(ObjectProvider<BulkheadRegistry> bulkheads, ObjectProvider<RateLimiterRegistry> limiters) {
		return new CallGates(bulkheads.getIfAvailable(BulkheadRegistry::ofDefaults),
				limiters.getIfAvailable(RateLimiterRegistry::ofDefaults));
	}

	@Bean
	RpcServerLifecycle rpcServerLifecycle(RpcServer server, RpcProperties properties, CallGates gates,
			ObjectProvider<OwnServices> ownServices, ConfigurableApplicationContext context) {
		ServiceLimits limits = new ServiceLimits(properties.server().services(), gates);
		return new RpcServerLifecycle(server, new ServiceExporter(context, properties.server().weight(), limits),
				ownServices.getIfAvailable(OwnServices::new), context);
	}

}
