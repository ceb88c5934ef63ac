import { useEffect, useState } from 'react'

const most_samples = 60

/** The last values of something that is asked again and again. */
export function useHistory<Sample>(sample: Sample, valueOf: (sample: Sample) => number): number[] {
  const [values, setValues] = useState<number[]>([])
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useEffect(() => { setValues((all) => [...all.slice(1 - most_samples), valueOf(sample)]) }, [sample])
  return values
}
