package io.harpc.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.harpc.ServiceKey;
import io.harpc.annotation.RpcService;
import io.harpc.method.InvalidServiceException;
import io.harpc.method.ServiceDescriptor;
import io.harpc.server.DuplicateServiceException;
import io.harpc.server.RpcServer;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Finds the beans that carry {@link RpcService} and offers the interfaces of each.
 */
final class ServiceExporter {

	private static final List<String> FOREIGN_PACKAGES = List.of("java.", "javax.", "jakarta.", "org.springframework.",
			"org.aopalliance.", "kotlin.", "groovy.");

	private final ConfigurableApplicationContext context;

	private final int defaultWeight;

	private final ServiceLimits limits;

	private final Map<ServiceKey, String> beanNames = new HashMap<>();

	ServiceExporter(ConfigurableApplicationContext context, int defaultWeight, ServiceLimits limits) {
		this.context = context;
		this.defaultWeight = defaultWeight;
		this.limits = limits;
	}

	void exportAll(RpcServer server) {
		for (String beanName : this.context.getBeanNamesForAnnotation(RpcService.class)) {
			if (!ScopedProxyUtils.isScopedTarget(beanName)) {
				export(beanName, server);
			}
		}
		this.limits.refuseUnknown();
	}

	private void export(String beanName, RpcServer server) {
		RpcService annotation = this.context.findAnnotationOnBean(beanName, RpcService.class);
		Assert.state(annotation != null, "Bean found by its annotation lost it");
		Object bean = this.context.getBean(beanName);
		Class<?> beanClass = userClass(bean);
		String where = "Bean '" + beanName + "' (" + beanClass.getName() + ")";
		for (Class<?> type : interfaces(where, beanClass, annotation)) {
			try {
				ServiceKey key = ServiceKey.of(type, resolve(annotation.version()), resolve(annotation.group()));
				refuseIfOfferedAlready(key, beanName);
				ServiceDescriptor service = ServiceDescriptor.of(key, type);
				server.export(service, bean, weight(annotation), this.limits.of(service));
			}
			catch (IllegalArgumentException | DuplicateServiceException ex) {
				throw explain(where, ex);
			}
		}
	}

	private void refuseIfOfferedAlready(ServiceKey service, String second) {
		String first = this.beanNames.putIfAbsent(service, second);
		if (first == null) {
			return;
		}
		boolean alike = userClass(this.context.getBean(first)) == userClass(this.context.getBean(second));
		throw new RpcStartupException(
				"Two beans offer the service " + service + ":\n\t- " + describe(first) + "\n\t- " + describe(second),
				alike ? "Define the bean once: @RpcService makes a class a component, which component scanning finds."
						+ " Remove the @Bean method, or take the annotation off the class and put it on the method."
						+ " If two are meant, give each method an @RpcService(version = ...) of its own."
						: "Give one of the two another version or group: @RpcService(version = ...), or take the"
								+ " annotation off one of them.");
	}

	private String describe(String beanName) {
		String text = "'" + beanName + "' (" + userClass(this.context.getBean(beanName)).getName() + ")";
		if (!this.context.getBeanFactory().containsBeanDefinition(beanName)) {
			return text;
		}
		BeanDefinition definition = this.context.getBeanFactory().getBeanDefinition(beanName);
		String method = definition.getFactoryMethodName();
		String source = definition.getResourceDescription();
		return text + ((method != null) ? ", defined by method '" + method + "'" : "")
				+ ((source != null) ? ((method != null) ? " in " : ", defined in ") + source : "");
	}

	private static RpcStartupException explain(String where, RuntimeException ex) {
		if (ex instanceof InvalidServiceException) {
			return new RpcStartupException(where + " offers an interface that cannot travel. " + ex.getMessage(),
					"Change the interface as said above, or name the interfaces to offer: @RpcService(interfaces = ...).",
					ex);
		}
		return new RpcStartupException(where + " cannot be offered as it is configured: " + ex.getMessage(),
				"Correct the value named above, in its @RpcService or below ha-rpc.server.", ex);
	}

	private static Class<?> userClass(Object bean) {
		return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
	}

	private int weight(RpcService annotation) {
		return (annotation.weight() >= 0) ? annotation.weight() : this.defaultWeight;
	}

	private String resolve(String text) {
		return this.context.getEnvironment().resolveRequiredPlaceholders(text);
	}

	private static Set<Class<?>> interfaces(String where, Class<?> beanClass, RpcService annotation) {
		Set<Class<?>> found = (annotation.interfaces().length > 0) ? named(where, beanClass, annotation)
				: ownInterfaces(beanClass);
		if (found.isEmpty()) {
			throw new RpcStartupException(
					where + " is annotated with @RpcService, but implements no interface of its own.",
					"Let " + beanClass.getSimpleName() + " implement the interface that callers are to use.");
		}
		return found;
	}

	private static Set<Class<?>> named(String where, Class<?> beanClass, RpcService annotation) {
		Set<Class<?>> named = new LinkedHashSet<>(List.of(annotation.interfaces()));
		for (Class<?> type : named) {
			if (!type.isInterface() || !type.isAssignableFrom(beanClass)) {
				throw new RpcStartupException(
						where + " is to offer " + type.getName() + ", which is not an interface that it implements.",
						"Correct the attribute interfaces of its @RpcService.");
			}
		}
		return named;
	}

	/**
	 * The interfaces that a class and its superclasses name themselves. One without
	 * methods is a mark and no service; a generic one that another of them extends is
	 * what that other one made of it.
	 */
	static Set<Class<?>> ownInterfaces(Class<?> beanClass) {
		List<Class<?>> all = new ArrayList<>();
		for (Class<?> type : ClassUtils.getAllInterfacesForClass(beanClass)) {
			boolean foreign = FOREIGN_PACKAGES.stream().anyMatch(type.getName()::startsWith);
			if (!foreign && type.getMethods().length > 0) {
				all.add(type);
			}
		}
		Set<Class<?>> own = new LinkedHashSet<>(all);
		own.removeIf((type) -> type.getTypeParameters().length > 0
				&& all.stream().anyMatch((other) -> other != type && type.isAssignableFrom(other)));
		return own;
	}

}
