package io.harpc.autoconfigure;

import java.lang.reflect.Modifier;

import io.harpc.annotation.RpcReference;

import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Refuses {@link RpcReference} on a static field, which the container passes over: the
 * field would be {@code null} when it is needed.
 */
final class StaticReferenceCheck implements MergedBeanDefinitionPostProcessor {

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType, String beanName) {
		if (AnnotationUtils.isCandidateClass(beanType, RpcReference.class)) {
			ReflectionUtils.doWithFields(beanType, (field) -> {
				throw new RpcStartupException(
						"Field " + field.getName() + " of " + field.getDeclaringClass().getName()
								+ " has @RpcReference and is static. Nothing is injected into static fields.",
						"Remove static, or take the reference as a parameter of the constructor.");
			}, (field) -> Modifier.isStatic(field.getModifiers()) && field.isAnnotationPresent(RpcReference.class));
		}
	}

}
