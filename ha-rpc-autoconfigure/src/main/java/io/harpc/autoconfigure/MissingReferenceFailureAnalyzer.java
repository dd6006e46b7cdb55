package io.harpc.autoconfigure;

import java.lang.reflect.Field;
import java.util.Arrays;

import io.harpc.annotation.RpcReference;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Says why a bean is missed where the author meant a reference. Spring Boot's own
 * analyzer, which would ask for a bean, comes after it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class MissingReferenceFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final Environment environment;

	MissingReferenceFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		InjectionPoint point = injectionPoint(rootFailure);
		Class<?> type = cause.getBeanType();
		if (point == null || description == null || type == null || cause.getNumberOfBeansFound() > 0) {
			return null;
		}
		if (RpcReferenceResolver.find(point) != null) {
			return this.environment.getProperty("ha-rpc.enabled", Boolean.class, true) ? null
					: disabled(description, type, cause);
		}
		Field field = annotatedField(point.getMember().getDeclaringClass(), type);
		return (field != null) ? notPassedOn(description, field, cause) : null;
	}

	/** That of the innermost bean which could not be made. */
	private static @Nullable InjectionPoint injectionPoint(Throwable failure) {
		InjectionPoint point = null;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnsatisfiedDependencyException unsatisfied) {
				point = unsatisfied.getInjectionPoint();
			}
		}
		return point;
	}

	private static @Nullable Field annotatedField(Class<?> owner, Class<?> type) {
		return Arrays.stream(owner.getDeclaredFields())
			.filter((field) -> field.getType() == type && field.isAnnotationPresent(RpcReference.class))
			.findFirst()
			.orElse(null);
	}

	private static FailureAnalysis disabled(String place, Class<?> type, Throwable cause) {
		return new FailureAnalysis(
				place + " asks by @RpcReference for " + type.getName()
						+ ". But ha-rpc.enabled is false, so @RpcReference is a plain injection point, and there is"
						+ " no bean of that type.",
				"Define a bean or a mock of " + type.getName() + ", or set ha-rpc.enabled to true.", cause);
	}

	private static FailureAnalysis notPassedOn(String place, Field field, Throwable cause) {
		return new FailureAnalysis(place + " asks for a bean of type " + field.getType().getName()
				+ ", and there is none. @RpcReference is on the field '" + field.getName() + "', not on the parameter.",
				"Put @RpcReference on the parameter. With Lombok, add to lombok.config: lombok.copyableAnnotations += "
						+ RpcReference.class.getName(),
				cause);
	}

}
