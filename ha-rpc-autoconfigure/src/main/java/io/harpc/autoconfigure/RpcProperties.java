package io.harpc.autoconfigure;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.harpc.client.Cluster;
import io.harpc.security.CertificateName;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * Everything under {@code ha-rpc} that an application may set. Immutable; bound once.
 *
 * @param enabled Whether ha-rpc does anything at all.
 * @param registry where instances are found and made known
 * @param server what this process offers
 * @param client how this process calls
 * @param observation how calls are observed
 * @param springCloud what Spring Cloud is shown
 */
@ConfigurationProperties("ha-rpc")
public record RpcProperties(@DefaultValue("true") boolean enabled, @DefaultValue Registry registry,
		@DefaultValue Server server, @DefaultValue Client client, @DefaultValue Observation observation,
		@DefaultValue SpringCloud springCloud) {

	/** Where instances are kept. */
	public enum RegistryType {

		/** In an ensemble of Apache ZooKeeper. */
		ZOOKEEPER,

		/**
		 * In whatever a Spring Cloud {@code DiscoveryClient} knows; nothing is
		 * registered.
		 */
		DISCOVERY_CLIENT,

		/** In the properties of the application; nothing is registered. */
		STATIC,

		/** In this process alone. */
		IN_MEMORY

	}

	/** Whether clients show certificates. */
	public enum ClientAuth {

		/** They are not asked. */
		NONE,

		/** They are asked, and may have none. */
		WANT,

		/** They are let in with one alone. */
		NEED

	}

	/** How arguments and results become bytes. */
	public enum Serialization {

		/** As JSON text. */
		JSON,

		/** As Smile, the binary form of JSON. */
		SMILE

	}

	/**
	 * Where instances are found and made known.
	 *
	 * @param type Kind of registry.
	 * @param required Whether the application must not start while the registry cannot be
	 * reached.
	 * @param snapshotDirectory Directory in which the last known instances survive a
	 * restart while the registry is away; no other application's. None is kept unless
	 * set.
	 * @param allowedNetworks Networks (CIDR, such as 10.0.0.0/8 or fd00::/8) outside of
	 * which no instance is called, wherever its address comes from. Any unless set.
	 * @param signing how instances are signed
	 * @param zookeeper settings of the registry in ZooKeeper
	 * @param discoveryClient settings of the registry over a Spring Cloud DiscoveryClient
	 * @param staticInstances Addresses (host:port) of the instances of each service, by
	 * the name of its interface or by its simple name in kebab case. Used by the static
	 * registry alone.
	 */
	public record Registry(@DefaultValue("zookeeper") RegistryType type, @DefaultValue("false") boolean required,
			@Nullable Path snapshotDirectory, @DefaultValue List<String> allowedNetworks, @DefaultValue Signing signing,
			@DefaultValue Zookeeper zookeeper, @DefaultValue DiscoveryClient discoveryClient,
			@Name("static") @DefaultValue Map<String, List<String>> staticInstances) {

	}

	/**
	 * Settings of the registry in ZooKeeper.
	 *
	 * @param connectString Addresses (host:port) of the ensemble, separated by commas.
	 * @param root Path beneath which everything is kept.
	 * @param sessionTimeout Time after which the ensemble gives up on a silent process
	 * and removes its instances.
	 * @param connectionTimeout Time to wait for a connection before it counts as failed.
	 * @param digest the user of ZooKeeper's scheme digest
	 * @param sasl how SASL proves who this process is
	 * @param acl who may do what with the nodes
	 * @param ssl how the connection is encrypted
	 */
	public record Zookeeper(@DefaultValue("localhost:2181") String connectString, @DefaultValue("/ha-rpc") String root,
			@DefaultValue("15s") Duration sessionTimeout, @DefaultValue("5s") Duration connectionTimeout,
			@DefaultValue Digest digest, @DefaultValue Sasl sasl, @DefaultValue Acl acl, @DefaultValue Ssl ssl) {

	}

	/**
	 * The user of ZooKeeper's scheme {@code digest}.
	 *
	 * @param username User that owns the nodes of this process. None unless set.
	 * @param password Password of the user, which reaches the ensemble unencrypted unless
	 * ssl.bundle is set.
	 */
	public record Digest(@Nullable String username, @Nullable String password) {

		@Override
		public String toString() {
			return "Digest[username=" + this.username + "]";
		}

	}

	/**
	 * How SASL proves to the ensemble who this process is.
	 *
	 * @param loginContext Name of the JAAS login context to use. None unless set.
	 */
	public record Sasl(@Nullable String loginContext) {

	}

	/**
	 * Who may do what with the nodes in ZooKeeper. Holds where digest or sasl say who
	 * this process is, or where providers are named; otherwise nodes are open to
	 * everybody.
	 *
	 * @param providers Identities (scheme:id) that may register, the same in all
	 * processes; each may change only what it registered. Whoever can prove to be the one
	 * that registered first unless set.
	 * @param readers Identities (scheme:id) that may read besides.
	 */
	public record Acl(@DefaultValue List<String> providers, @DefaultValue("world:anyone") List<String> readers) {

	}

	/**
	 * How a connection is encrypted.
	 *
	 * @param bundle Name of the SSL bundle. Not encrypted unless set.
	 */
	public record Ssl(@Nullable String bundle) {

	}

	/**
	 * How instances are signed, so that who can write to the registry cannot redirect
	 * calls.
	 *
	 * @param required Whether instances without a signature are not called; with false
	 * they are, for the time of a roll-out. True where there are keys unless set.
	 * @param key Name of the key that signs what is registered. The only one that can
	 * unless set.
	 * @param keys Keys by name; a signature by any of them is accepted.
	 */
	public record Signing(@Nullable Boolean required, @Nullable String key,
			@DefaultValue Map<String, SigningKeyProperties> keys) {

	}

	/**
	 * A key: either a secret, for HMAC-SHA-256, or a pair, for Ed25519.
	 *
	 * @param secret Secret that all processes share, at least 32 bytes of text.
	 * @param publicKey Public half of a pair, X.509 as PEM or Base64, with which
	 * signatures are checked.
	 * @param privateKey Private half of the pair, PKCS#8 as PEM or Base64; only where
	 * something is registered.
	 */
	public record SigningKeyProperties(@Nullable String secret, @Nullable String publicKey,
			@Nullable String privateKey) {

		@Override
		public String toString() {
			return "SigningKeyProperties[publicKey=" + this.publicKey + "]";
		}

	}

	/**
	 * Settings of the registry over a Spring Cloud {@code DiscoveryClient}.
	 *
	 * @param refreshInterval Time between two looks at the instances, besides those that
	 * a heartbeat event asks for.
	 */
	public record DiscoveryClient(@DefaultValue("30s") Duration refreshInterval) {

	}

	/**
	 * What this process offers.
	 *
	 * @param enabled Whether services are offered. The port is opened only if there are
	 * any.
	 * @param address Address to bind to. All of the machine's unless set.
	 * @param port Port to listen on; zero takes any that is free.
	 * @param advertisedHost Host that goes into the registry. One of the machine's own
	 * addresses unless set.
	 * @param weight Share of calls that this instance should get from load balancers that
	 * weigh, relative to the others; zero takes calls only where nothing else is left.
	 * @param zone Name of the place where this instance runs.
	 * @param priority Place of this instance in the order of the load balancer
	 * primary-backup, from 0 for a primary to 99.
	 * @param serialization Form of arguments and results; clients follow it.
	 * @param maxConnections Number of connections that may be open at once.
	 * @param maxConcurrentCalls Number of calls that may be in progress at once; what
	 * comes above it waits for a moment, or is refused as busy and may be tried
	 * elsewhere.
	 * @param adaptiveLimit Whether fewer calls than max-concurrent-calls, though never
	 * fewer than four, are in progress at once while more would only make each other
	 * slower.
	 * @param maxQueuedCalls Number of calls that may wait for one in progress to end;
	 * none waits for longer than 100 ms.
	 * @param maxFrameSize Size of the largest request accepted and of the largest answer
	 * sent; at least 4KB.
	 * @param handshakeTimeout Time from accepting a connection to the end of its hello.
	 * @param idleTimeout Time that a connection may be silent before it is closed.
	 * Clients send heartbeats, so this must be longer than their interval.
	 * @param writeTimeout Time that a client may read nothing of what is written to it
	 * before its connection is closed.
	 * @param shutdownGracePeriod Time that calls in progress get to finish when the
	 * application stops; zero waits for none.
	 * @param includeStackTrace Whether the stack trace of an exception leaves this
	 * process.
	 * @param strictPayloads Whether arguments are refused that have a property unknown
	 * here, or one twice. Then a client may not be of a version that sends more.
	 * @param authentication what clients are known by
	 * @param replayCache what is remembered of calls with an idempotency key
	 * @param ssl how connections are encrypted
	 * @param authorization who may call what
	 * @param services limits of single services, by the name of the interface or by its
	 * simple name in kebab case
	 */
	public record Server(@DefaultValue("true") boolean enabled, @Nullable InetAddress address,
			@DefaultValue("20880") int port, @Nullable String advertisedHost, @DefaultValue("100") int weight,
			@DefaultValue("") String zone, @DefaultValue("0") int priority,
			@DefaultValue("json") Serialization serialization, @DefaultValue("4096") int maxConnections,
			@DefaultValue("1024") int maxConcurrentCalls, @DefaultValue("true") boolean adaptiveLimit,
			@DefaultValue("256") int maxQueuedCalls, @DefaultValue("4MB") DataSize maxFrameSize,
			@DefaultValue("5s") Duration handshakeTimeout, @DefaultValue("60s") Duration idleTimeout,
			@DefaultValue("10s") Duration writeTimeout, @DefaultValue("20s") Duration shutdownGracePeriod,
			@DefaultValue("false") boolean includeStackTrace, @DefaultValue("false") boolean strictPayloads,
			@DefaultValue Authentication authentication, @DefaultValue ReplayCache replayCache,
			@DefaultValue ServerSsl ssl, @DefaultValue Authorization authorization,
			@DefaultValue Map<String, Service> services) {

	}

	/**
	 * What clients are known by.
	 *
	 * @param required Whether a client that shows nothing is refused; with false it is
	 * not, for the time of a roll-out. True unless set where there is a key, a
	 * certificate.name, jwt.enabled or a bean of type Authenticator.
	 * @param keys Keys by name; a client may have any of them.
	 * @param certificate how clients are known by the certificates of their TLS
	 * connections
	 * @param jwt how clients are known by tokens that Spring Security decodes
	 * @param trustedForwarders Names of the identities that are believed when they say on
	 * whose behalf they call. A call of any other that says so is refused.
	 */
	public record Authentication(@Nullable Boolean required, @DefaultValue Map<String, AcceptedKeyProperties> keys,
			@DefaultValue Certificate certificate, @DefaultValue Jwt jwt,
			@DefaultValue List<String> trustedForwarders) {

	}

	/**
	 * A key that clients may have.
	 *
	 * @param secret Secret that its clients have too, at least 32 bytes of text.
	 * @param identity Name of who has the key. That of the key unless set.
	 * @param roles Roles of who has the key.
	 */
	public record AcceptedKeyProperties(@Nullable String secret, @Nullable String identity,
			@DefaultValue List<String> roles) {

		@Override
		public String toString() {
			return "AcceptedKeyProperties[identity=" + this.identity + ", roles=" + this.roles + "]";
		}

	}

	/**
	 * How clients are known by the certificates of their TLS connections.
	 *
	 * @param name Place in a certificate where the name of its owner is: common-name, or
	 * the first dns, uri or email of the alternative names. Certificates make nobody
	 * known unless set.
	 * @param roles Names that have a role, by role.
	 */
	public record Certificate(@Nullable CertificateName name, @DefaultValue Map<String, List<String>> roles) {

	}

	/**
	 * How clients are known by tokens that the JwtDecoder of Spring Security decodes.
	 *
	 * @param enabled Whether they are. There must be a bean of type JwtDecoder then.
	 * @param nameClaim Claim that has the name of who owns the token.
	 * @param rolesClaim Claim that has the roles. The first that there is of scope, scp
	 * and roles unless set.
	 */
	public record Jwt(@DefaultValue("false") boolean enabled, @DefaultValue("sub") String nameClaim,
			@Nullable String rolesClaim) {

	}

	/**
	 * How the connections of clients are encrypted.
	 *
	 * @param bundle Name of the SSL bundle. Not encrypted unless set.
	 * @param clientAuth Certificates of clients, which the bundle must trust: not asked
	 * for, wanted, or needed to be let in.
	 * @param required Whether the application must not start where others than this
	 * machine could connect unencrypted.
	 * @param acceptPlain Whether unencrypted connections are accepted besides, for the
	 * time of a roll-out.
	 */
	public record ServerSsl(@Nullable String bundle, @DefaultValue("none") ClientAuth clientAuth,
			@DefaultValue("false") boolean required, @DefaultValue("false") boolean acceptPlain) {

	}

	/**
	 * Limits of one service; what they keep out is refused as busy.
	 *
	 * @param maxConcurrentCalls Number of its calls that may be in progress at once.
	 * @param bulkhead Name of a Resilience4j bulkhead that all of its calls go through.
	 * @param rateLimiter Name of a Resilience4j rate limiter that all of its calls go
	 * through.
	 * @param methods limits of single methods, by their name
	 */
	public record Service(@Nullable Integer maxConcurrentCalls, @Nullable String bulkhead, @Nullable String rateLimiter,
			@DefaultValue Map<String, Method> methods) {

	}

	/**
	 * Limits of one method, in addition to those of its service.
	 *
	 * @param maxConcurrentCalls Number of its calls that may be in progress at once.
	 * @param bulkhead Name of a Resilience4j bulkhead that its calls go through.
	 * @param rateLimiter Name of a Resilience4j rate limiter that its calls go through.
	 */
	public record Method(@Nullable Integer maxConcurrentCalls, @Nullable String bulkhead,
			@Nullable String rateLimiter) {

	}

	/**
	 * What is remembered of calls with an idempotency key, so that a second try of one is
	 * answered as the first.
	 *
	 * @param maxEntries Number of calls.
	 * @param maxSize Size of all that is remembered, approximately.
	 * @param timeToLive Time for which a call is remembered.
	 */
	public record ReplayCache(@DefaultValue("10000") int maxEntries, @DefaultValue("32MB") DataSize maxSize,
			@DefaultValue("10m") Duration timeToLive) {

	}

	/**
	 * Who may call what. Where there is no rule, no restricting annotation and no bean
	 * that is an Authorizer, everybody may call everything; else only what one of them
	 * permits and none forbids.
	 *
	 * @param rules Rules in order, of which the first that names a method decides.
	 */
	public record Authorization(@DefaultValue List<Rule> rules) {

	}

	/**
	 * Says who may call some methods: those who have one of the names or one of the
	 * roles, or whom access means.
	 *
	 * @param services Full names of interfaces; an asterisk stands for any characters.
	 * @param methods Names of methods; an asterisk stands for any characters. One of
	 * several that are overloaded is named with its types, such as find(long). All unless
	 * set.
	 * @param access Whom it lets in, in place of identities and roles.
	 * @param identities Names of those who may call.
	 * @param roles Roles whose holders may call, without the prefix ROLE_.
	 */
	public record Rule(@DefaultValue List<String> services, @DefaultValue("*") List<String> methods,
			@Nullable Access access, @DefaultValue List<String> identities, @DefaultValue List<String> roles) {

	}

	/** Whom a rule lets in. */
	public enum Access {

		/** Everybody. */
		PERMIT_ALL,

		/** Everybody who has proven who he is. */
		AUTHENTICATED,

		/** Nobody. */
		DENY_ALL

	}

	/**
	 * How this process calls.
	 *
	 * @param timeout Time for a whole call, every attempt included; at most 24 hours.
	 * @param attemptTimeout Time for each attempt, after which it is given up; not
	 * limited apart from the timeout unless set.
	 * @param maxAttempts Number of attempts that a call may take, from 1 to 100; the
	 * first counts.
	 * @param loadBalancer Name of the load balancer: p2c, round-robin, random,
	 * weighted-round-robin, weighted-random, least-active, consistent-hash,
	 * primary-backup, or that of a bean of the application.
	 * @param zone Name of the place where this client runs: instances of the same zone
	 * are preferred, whatever the load balancer, while enough of them are available. None
	 * is preferred unless set.
	 * @param cluster Mode of the calls: what happens when an attempt does not succeed.
	 * @param connectTimeout Time to wait for a connection to an instance.
	 * @param heartbeatInterval Time without traffic after which an instance is asked
	 * whether it is still there, and time that its answer may take.
	 * @param connectionsPerInstance Number of connections to each instance, from 1 to 64,
	 * shared by all callers.
	 * @param maxFrameSize Size of the largest request sent and of the largest answer
	 * accepted; at least 4KB.
	 * @param strictPayloads Whether an answer is taken for unreadable that has a property
	 * unknown here, or one twice. Then a server may not be of a version that sends more.
	 * @param warmUp Time that an instance which is new, restarted or back takes from a
	 * tenth of its share of calls to all of it; zero for no time.
	 * @param authentication by what this process proves who it is
	 * @param propagateIdentity Whether a call made while serving another says on whose
	 * behalf it is made. Servers believe it only of their trusted forwarders.
	 * @param retryBudget what retries and hedges may add to the load
	 * @param ejection when an instance gets no calls for a while
	 * @param failback where calls of the mode failback are kept
	 * @param ssl how connections are encrypted; a client that has a bundle never calls
	 * unencrypted
	 * @param references Settings of single references by name.
	 */
	public record Client(@DefaultValue("3s") Duration timeout, @Nullable Duration attemptTimeout,
			@DefaultValue("3") int maxAttempts, @DefaultValue("p2c") String loadBalancer, @DefaultValue("") String zone,
			@DefaultValue("failover") Cluster cluster, @DefaultValue("1s") Duration connectTimeout,
			@DefaultValue("5s") Duration heartbeatInterval, @DefaultValue("2") int connectionsPerInstance,
			@DefaultValue("4MB") DataSize maxFrameSize, @DefaultValue("false") boolean strictPayloads,
			@DefaultValue("30s") Duration warmUp, @DefaultValue ClientCredentials authentication,
			@DefaultValue("false") boolean propagateIdentity, @DefaultValue RetryBudget retryBudget,
			@DefaultValue Ejection ejection, @DefaultValue Failback failback, @DefaultValue Ssl ssl,
			@DefaultValue Map<String, Reference> references) {

	}

	/**
	 * By what this process proves to servers who it is. A bean of type TokenSource does
	 * so, too; only one of both can be.
	 *
	 * @param keyId Name of the key. The server has to prove first that it has it too.
	 * @param secret Secret of the key, at least 32 bytes of text.
	 * @param tokenInPlainText Whether the token of a TokenSource is sent without TLS also
	 * to other machines, where anybody on the way can use it.
	 */
	public record ClientCredentials(@Nullable String keyId, @Nullable String secret,
			@DefaultValue("false") boolean tokenInPlainText) {

		@Override
		public String toString() {
			return "ClientCredentials[keyId=" + this.keyId + "]";
		}

	}

	/**
	 * What retries and hedges may add to the load of a service, for each reference and
	 * over ten seconds.
	 *
	 * @param ratio Number of retries that a call is good for, from 0 to 10.
	 * @param minPerSecond Number of retries in a second that there are besides, however
	 * few the calls.
	 */
	public record RetryBudget(@DefaultValue("0.2") double ratio, @DefaultValue("10") int minPerSecond) {

	}

	/**
	 * When an instance gets no calls for a while, because it fails so much.
	 *
	 * @param enabled Whether instances are ejected at all. Their breakers open in any
	 * case.
	 * @param consecutiveFailures Number of failures in a row that are enough.
	 * @param failureRatio Share of the recent calls whose failure is enough, more than 0
	 * and at most 1.
	 * @param minCalls Number of recent calls without which their failures have no share.
	 * @param interval Time that is recent; at least 1s.
	 * @param baseDuration Time for which an instance is ejected first; it doubles each
	 * time that this happens again.
	 * @param maxDuration Longest time for which an instance is ejected; at most 24 hours.
	 * @param maxEjectedRatio Share of the instances of a service that may be ejected at
	 * once, from 0 to 1.
	 */
	public record Ejection(@DefaultValue("true") boolean enabled, @DefaultValue("5") int consecutiveFailures,
			@DefaultValue("0.5") double failureRatio, @DefaultValue("20") int minCalls,
			@DefaultValue("10s") Duration interval, @DefaultValue("5s") Duration baseDuration,
			@DefaultValue("300s") Duration maxDuration, @DefaultValue("0.5") double maxEjectedRatio) {

	}

	/**
	 * Where calls of the mode failback are kept until they are delivered.
	 *
	 * @param directory Directory of the journal; no other application's, nor another
	 * process's of the same. Must be set if any reference has the mode failback and a
	 * method without a result.
	 * @param expiry Time after which a call that was not delivered is given up.
	 * @param maxEntries Number of calls that may wait; more are refused.
	 * @param maxSize Size of all arguments that may wait together; more are refused.
	 * @param minBackoff Time between the first try of a call and the second, doubled
	 * after each further one.
	 * @param maxBackoff Longest time between two tries.
	 */
	public record Failback(@Nullable Path directory, @DefaultValue("24h") Duration expiry,
			@DefaultValue("10000") int maxEntries, @DefaultValue("64MB") DataSize maxSize,
			@DefaultValue("1s") Duration minBackoff, @DefaultValue("1m") Duration maxBackoff) {

	}

	/**
	 * What holds for one reference alone. Whatever is not set here is taken from the
	 * annotation, then from {@code ha-rpc.client}.
	 *
	 * @param version Version of the service.
	 * @param group Group of the service.
	 * @param timeout Time for a whole call, every attempt included; at most 24 hours.
	 * @param attemptTimeout Time for each attempt, after which it is given up; not
	 * limited apart from the timeout unless set.
	 * @param maxAttempts Number of attempts that a call may take, from 1 to 100; the
	 * first counts.
	 * @param loadBalancer Name of the load balancer.
	 * @param cluster Mode of the calls: what happens when an attempt does not succeed.
	 * @param sticky Whether a call goes to the instance that answered the one before, for
	 * as long as that can take it.
	 * @param fallback Class of the bean that answers where a call fails, unless the
	 * method threw what it declares; implements the interface.
	 * @param address Addresses (host:port) to call instead of those in the registry,
	 * separated by commas.
	 * @param idempotent Names of methods that may run twice without harm, besides those
	 * annotated so, separated by commas; '*' stands for any characters.
	 * @param ssl how connections are encrypted
	 */
	public record Reference(@Nullable String version, @Nullable String group, @Nullable Duration timeout,
			@Nullable Duration attemptTimeout, @Nullable Integer maxAttempts, @Nullable String loadBalancer,
			@Nullable Cluster cluster, @Nullable Boolean sticky, @Nullable Class<?> fallback,
			@Nullable List<String> address, @DefaultValue List<String> idempotent, @DefaultValue ReferenceSsl ssl) {

		static final Reference NONE = new Reference(null, null, null, null, null, null, null, null, null, null,
				List.of(), new ReferenceSsl(null));

	}

	/**
	 * How the connections of a reference are encrypted.
	 *
	 * @param bundle Name of the SSL bundle, in place of that of all references. Only
	 * references of the same bundle share connections.
	 */
	public record ReferenceSsl(@Nullable String bundle) {

	}

	/**
	 * How calls are observed.
	 *
	 * @param enabled Whether each call is an observation, from which spans and timers are
	 * made, rather than only timed. True where there is a tracer unless set.
	 */
	public record Observation(@Nullable Boolean enabled) {

	}

	/**
	 * What Spring Cloud is shown.
	 *
	 * @param enabled Whether RPC services are shown to Spring Cloud, as a service
	 * registry and as a discovery client.
	 */
	public record SpringCloud(@DefaultValue("true") boolean enabled) {

	}

}
