package io.harpc.benchmarks.springhttp;

import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.harpc.benchmarks.subject.ConcurrentCalls;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.UserCalls;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/**
 * An HTTP interface client on RestClient and the JDK's HTTP client, HTTP/1.1 with kept
 * connections, in JSON; the server is Boot's Tomcat with its defaults, but with as many
 * kept requests for each connection as come.
 */
public final class SpringHttpSubject implements Subject {

	/**
	 * Creates the subject.
	 * @param variant there is but one
	 */
	public SpringHttpSubject(String variant) {
	}

	@Override
	public RunningServer serve() {
		ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) new SpringApplicationBuilder(
				HttpServerApplication.class)
			.properties("server.address=127.0.0.1", "server.port=0", "server.tomcat.max-keep-alive-requests=-1",
					"spring.main.banner-mode=off", "logging.level.root=warn")
			.run();
		return new RunningServer(context.getWebServer().getPort());
	}

	@Override
	public RunningClient connect(int port) {
		ExecutorService executor = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "http-client");
			thread.setDaemon(true);
			return thread;
		});
		HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(executor).build();
		RestClient rest = RestClient.builder()
			.baseUrl("http://127.0.0.1:" + port)
			.requestFactory(new JdkClientHttpRequestFactory(http, executor))
			.build();
		HttpUserService users = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(rest))
			.build()
			.createClient(HttpUserService.class);
		return RunningClient.shared(UserCalls.of(users), executor::shutdown);
	}

	@Override
	public AutoCloseable openIdleConnections(int port, int count) throws Exception {
		return ConcurrentCalls.open(connect(port), count);
	}

}
